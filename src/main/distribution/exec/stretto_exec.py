"""Runs a function of yours for every message that Stretto sends: the program of `transport: exec`.

    import stretto_exec
    from space import send_to_space

    stretto_exec.serve(send_to_space)

or, without a line of your own:

    python3 stretto_exec.py space:send_to_space

The function stays as it is. It may block: calls overlap, each in a thread, and are entered strictly
in the messages' order. Needs Python 3.9 or newer and nothing else; Apache License 2.0.
"""

import argparse
import functools
import importlib
import inspect
import json
import math
import opcode
import os
import queue
import select
import signal
import socket
import sys
import threading
import time
import traceback

__all__ = ["Message", "Rejected", "RetryLater", "Unavailable", "serve"]

_WORDS = ("retry", "unknown", "unavailable", "rejected")


class Rejected(Exception):
    """The destination will never take this message: it is not sent again."""

    stretto_outcome = "rejected"


class RetryLater(Exception):
    """The message is sent again, after `retry_after` seconds or a backoff."""

    stretto_outcome = "retry"

    def __init__(self, reason="", retry_after=None):
        super().__init__(reason)
        self.retry_after = retry_after


class Unavailable(Exception):
    """The destination takes nothing now, and did not get this message: nothing is sent for a while.

    It costs the message no attempt. `retry_after` is how long the destination asked to wait.
    """

    stretto_outcome = "unavailable"

    def __init__(self, reason="", retry_after=None):
        super().__init__(reason)
        self.retry_after = retry_after


class Message:
    """A message as Stretto sends it; `serve(..., raw=True)` passes it to the function."""

    def __init__(self, line):
        members = json.loads(line)
        self.id = members["id"]
        self.channel = members["channel"]
        self.position = members["position"]
        self.attempt = members["attempt"]
        self.fence = members["fence"]
        self.key = members["key"]
        self.content_type = members["contentType"]
        self.headers = members["headers"]
        self.payload = members["payload"]

    @property
    def payload_bytes(self):
        """The bytes that were appended."""
        return self.payload.encode("utf-8")

    def value(self):
        """What the payload's JSON says, or its text where it is none by its content type."""
        kind = self.content_type.split(";")[0].strip().lower()
        if kind == "application/json" or kind.endswith("+json"):
            return json.loads(self.payload)
        return self.payload


def serve(function, workers=None, raw=False):
    """Calls the function for every message, and returns when there will be no more.

    function: takes the payload's value, or with raw=True the Message. It may be a coroutine
        function; then all calls are tasks of one event loop. Returning means that the message was
        delivered; what is raised says otherwise, see the table at `_outcome_of`.
    workers: the most calls at once, 1 or more; by default the channel's window.

    A call is entered only once the one before is inside the function. The end of standard input and
    SIGTERM let the calls under way end. What the function prints goes to standard error.
    """
    if any(_generates(code) for code in (function, _call_of(function))):
        raise TypeError("a generator function runs nothing when it is called")
    if workers is None:
        workers = int(os.environ.get("STRETTO_WINDOW", "64"))
    if workers < 1:
        raise ValueError("workers must be 1 or more")
    pipes = _Pipes.taken()
    with _Signals(pipes.stop):
        pipes.write({"ready": True})
        if _is_async(function):
            _serve_tasks(pipes, function, workers, raw)
        else:
            _serve_threads(pipes, function, workers, raw)


def _generates(function):
    return inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)


def _is_async(function):
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(_call_of(function))


def _call_of(function):
    """What runs when an object that is no function is called."""
    return getattr(type(function), "__call__", None)


class _Pipes:
    """The ways from and to Stretto: kept to itself, so that no print and no child gets at them."""

    _taken = None

    @classmethod
    def taken(cls):
        if cls._taken is None:
            cls._taken = cls()
        return cls._taken

    def __init__(self):
        self._in = os.dup(0)
        self._out = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(line_buffering=True)
        self._woken, self._wake = os.pipe()
        self._lock = threading.Lock()
        self._lines = []
        self._rest = []
        self._ended = False

    def stop(self):
        """Has no more messages read. May be called from a signal's handler."""
        self._ended = True
        os.write(self._wake, b".")

    def next(self):
        """Blocks for the next message; None where there will be no more."""
        while not self._ended and not self._lines:
            if self._woken in select.select([self._in, self._woken], [], [])[0]:
                return None
            self._fill(os.read(self._in, 1 << 16))
        return None if self._ended else Message(self._lines.pop())

    def _fill(self, read):
        if not read:
            # A line without its end, at the end of the input, is no message.
            self._ended = True
        lines = read.split(b"\n")
        if len(lines) > 1:
            lines[0] = b"".join(self._rest) + lines[0]
            self._rest = []
            self._lines = lines[-2::-1]
        self._rest.append(lines[-1])

    def answer(self, message, outcome):
        self.write({"id": message.id, "attempt": message.attempt, **outcome})

    def write(self, line):
        rest = json.dumps(line).encode("ascii") + b"\n"
        try:
            with self._lock:
                while rest:
                    rest = rest[os.write(self._out, rest) :]
        except OSError:
            # Nobody is there to answer to: what is under way ends, and nothing else begins.
            self.stop()


class _Signals:
    """What SIGTERM and Ctrl-C do while messages are served."""

    def __init__(self, stop):
        self._stop = stop
        self._before = {}

    def __enter__(self):
        if threading.current_thread() is not threading.main_thread():
            return
        self._set(signal.SIGTERM, lambda *_: self._stop())
        # Ctrl-C in a terminal is for Stretto too, which then ends this program's input.
        of_stretto = "STRETTO_CHANNEL" in os.environ
        self._set(signal.SIGINT, lambda *_: None if of_stretto else self._stop())

    def _set(self, number, handler):
        self._before[number] = signal.signal(number, handler)

    def __exit__(self, *_):
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _outcome_of(error):
    """What an exception means for its message.

    | raised | outcome |
    |---|---|
    | an exception whose attribute `stretto_outcome` is a word of _WORDS, as Rejected has it | that |
    | ConnectionRefusedError, an unknown host | unavailable: it did not arrive |
    | a timeout, a connection that was lost | unknown: it may have arrived |
    | anything else | retry |

    An attribute `retry_after`, in seconds or a timedelta, says how long to wait.

    Never raises, whatever the exception does when it is asked or printed.
    """
    word = _or_none(lambda: error.stretto_outcome)
    said = isinstance(word, str) and word in _WORDS
    if not said:
        word = _word_for(error)
        if word == "retry":
            _or_none(lambda: traceback.print_exception(type(error), error, error.__traceback__))
    text = _or_none(lambda: str(error).strip()) or ""
    kind = type(error).__name__
    reason = text if said and text else kind + (": " + text if text else "")
    return {
        "outcome": word,
        "reason": reason[:2000],
        "retryAfter": _or_none(lambda: _seconds(error.retry_after)),
    }


def _or_none(ask):
    """What is asked for; None where that fails, as it may with what others wrote."""
    try:
        return ask()
    except Exception:
        return None


def _word_for(error):
    # urllib's have the cause as their reason.
    cause = _or_none(lambda: error.reason)
    cause = cause if isinstance(cause, BaseException) else error
    if isinstance(cause, (ConnectionRefusedError, socket.gaierror)):
        return "unavailable"
    lost = isinstance(cause, (TimeoutError, socket.timeout, ConnectionError))
    return "unknown" if lost or type(cause).__name__ == "TimeoutError" else "retry"


def _seconds(wait):
    seconds = float(wait.total_seconds() if hasattr(wait, "total_seconds") else wait)
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _delivered(result):
    if inspect.isawaitable(result):
        raise TypeError("the function returned something to be awaited; give serve an async def")
    if inspect.isgenerator(result) or inspect.isasyncgen(result):
        raise TypeError("the function returned a generator, which runs nothing until it is read")
    return {"outcome": "delivered"}


def _argument(pipes, message, raw):
    """What the function is given, and whether it is; a payload that is no JSON is answered here."""
    try:
        return (message if raw else message.value()), True
    except (ValueError, RecursionError) as error:
        pipes.answer(message, {"outcome": "rejected", "reason": "payload is no JSON: %s" % error})
        return None, False


def _serve_threads(pipes, function, workers, raw):
    entry = _Entry(function)
    idle = queue.SimpleQueue()
    threads = 0
    while True:
        # A worker first: what is not begun stays in the pipe.
        if idle.empty() and threads < workers:
            idle.put(_Worker(pipes, function, idle))
            threads += 1
        worker = idle.get()
        message = pipes.next()
        if message is None:
            break
        argument, usable = _argument(pipes, message, raw)
        if not usable:
            idle.put(worker)
            continue
        # INVARIANT (order of entry): this thread alone hands calls over, in the order in which
        # their lines were read, and the next only after it saw this one inside the function.
        worker.call(message, argument)
        entry.wait(worker)
    for _ in range(threads - 1):
        idle.get()


class _Worker:
    """A thread that runs one call at a time."""

    def __init__(self, pipes, function, idle):
        self.returned = False
        self._pipes = pipes
        self._function = function
        self._idle = idle
        self._calls = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, name="stretto", daemon=True)
        self.thread.start()

    def call(self, message, argument):
        self.returned = False
        self._calls.put((message, argument))

    def _run(self):
        while True:
            message, argument = self._calls.get()
            try:
                outcome = _delivered(_enter(self._function, argument))
            except BaseException as error:  # whatever it is, it is this message's
                outcome = _outcome_of(error)
            self.returned = True
            self._pipes.answer(message, outcome)
            self._idle.put(self)


def _enter(function, argument):
    return function(argument)


class _Entry:
    """Tells when a call is inside the function: behind its decorators, where it has some.

    Where a decorator runs the function in another thread, or first does something else for more
    than a second, its own beginning counts from then on.
    """

    def __init__(self, function):
        self._outer = _code_of(function)
        self._code = _code_of(_undecorated(function))

    def wait(self, worker):
        """Blocks until the call is inside, or over."""
        begin = time.monotonic()
        looks = 0
        while not worker.returned and not _inside(worker.thread.ident, self._code, looks):
            looks += 1
            time.sleep(0 if looks < 100 else 0.0002)
            if self._code is not self._outer and time.monotonic() - begin > 1:
                self._code = self._outer
                text = "stretto_exec: calls are entered as their decorator begins"
                _or_none(lambda: print(text, file=sys.stderr))


def _undecorated(function):
    inner = function
    while inner is not None:
        function = inner.func if _is_partial(inner) else getattr(inner, "__func__", inner)
        # Not by getattr: a proxy of something far away has every attribute.
        inner = function if _is_partial(inner) else _or_none(lambda: vars(function)["__wrapped__"])
    return function


def _is_partial(function):
    return isinstance(function, functools.partial)


def _code_of(function):
    """The code that runs when the function is called.

    A callable that has none, as one written in C, counts as entered once its thread is seen at the
    call.
    """
    while _is_partial(function):
        function = function.func
    function = getattr(function, "__func__", function)
    if not inspect.isfunction(function):
        function = _call_of(function)
    return getattr(function, "__code__", _enter.__code__)


def _inside(thread, code, looks):
    """Whether the thread is seen in the function, and at work: past what begins every function.

    From Python 3.11 on a thread that has begun there can lose the interpreter only after it called
    something that is not Python, in such a call, or at a loop's end: never between the function's
    beginning and its first act.
    """
    top = frame = sys._current_frames().get(thread)
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    return frame is not None and _at_work(top, looks)


if sys.version_info >= (3, 11):
    _RESUME = bytes([opcode.opmap["RESUME"]])

    def _at_work(frame, _):
        opcodes = frame.f_code.co_code[::2]
        return frame.f_lasti > 2 * opcodes.find(_RESUME)

else:

    def _at_work(frame, looks):
        # It may lose the interpreter anywhere: it is at work once it has called something, or has
        # been given the time for its first statement often enough.
        name = opcode.opname[frame.f_code.co_code[frame.f_lasti]] if frame.f_lasti >= 0 else ""
        return name.startswith("CALL") or looks > 20


def _serve_tasks(pipes, function, workers, raw):
    import asyncio

    async def run(message, argument):
        try:
            outcome = _delivered(await function(argument))
        except BaseException as error:  # whatever it is, it is this message's
            outcome = _outcome_of(error)
        pipes.answer(message, outcome)

    async def main():
        loop = asyncio.get_running_loop()
        permits = threading.Semaphore(workers)
        ended = asyncio.Event()
        tasks = set()

        def over(task):
            tasks.discard(task)
            permits.release()

        def begin(message, argument):
            task = loop.create_task(run(message, argument))
            tasks.add(task)
            task.add_done_callback(over)

        def read():
            try:
                while True:
                    permits.acquire()
                    message = pipes.next()
                    if message is None:
                        break
                    argument, usable = _argument(pipes, message, raw)
                    if usable:
                        # INVARIANT (order of entry): the loop runs what it is given first in,
                        # first out: this, and then each task's first step, up to where it waits.
                        loop.call_soon_threadsafe(begin, message, argument)
                    else:
                        permits.release()
            finally:
                loop.call_soon_threadsafe(ended.set)

        threading.Thread(target=read, name="stretto", daemon=True).start()
        await ended.wait()
        await asyncio.gather(*tasks)

    asyncio.run(main())


def _main():
    parser = argparse.ArgumentParser(description="Runs a function for every message of Stretto's.")
    parser.add_argument("function", metavar="MODULE:FUNCTION", help="such as space:send_to_space")
    parser.add_argument("--workers", type=int, help="the most calls at once; default: the window")
    parser.add_argument("--raw", action="store_true", help="pass the Message, not its value")
    options = parser.parse_args()
    _Pipes.taken()
    sys.path.insert(0, os.getcwd())
    module, _, names = options.function.partition(":")
    function = functools.reduce(getattr, names.split("."), importlib.import_module(module))
    serve(function, options.workers, options.raw)


if __name__ == "__main__":
    _main()
