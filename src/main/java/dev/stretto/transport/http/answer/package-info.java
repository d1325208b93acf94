/** What an HTTP answer means: the contract's table, and the rules that are set beside it. */
@NullMarked
package dev.stretto.transport.http.answer;

import org.jspecify.annotations.NullMarked;
