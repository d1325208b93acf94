package dev.stretto.benchmark;

import dev.stretto.benchmark.Contender.Ceiling;
import dev.stretto.benchmark.Contender.OneAtATime;
import dev.stretto.benchmark.Contender.Stock;
import dev.stretto.benchmark.Contender.Stretto;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All there is to measure, in the order in which it is measured and shown. */
final class Cases {

  /** Stretto as it is by default. */
  static final Stretto START = new Stretto("start", 0);

  private static final int WINDOW = 64;

  private final List<Case> cases = new ArrayList<>();
  private final Map<Load, Double> ceilings = new HashMap<>();
  private final Site site;
  private final List<Store.Kind> kinds;

  private Cases(Site site, List<Store.Kind> kinds) {
    this.site = site;
    this.kinds = kinds;
  }

  static List<Case> of(Site site, List<Store.Kind> kinds) {
    Cases all = new Cases(site, kinds);
    for (Delay delay : List.of(Delay.NONE, Delay.CONSTANT, Delay.TAIL)) {
      all.againstOthers(new Load("2", delay, WINDOW));
      all.startOnly(new Load("2", delay, 256));
      all.startOnly(new Load("2", delay, 1024));
      all.startOnly(new Load("1.1", delay, WINDOW));
      all.startOnly(new Load("1.1", delay, 256));
    }
    for (int channels : List.of(1, 8, 32, 128, 1000)) {
      all.startOnly(new Load("2", Delay.SHORT, Math.min(8, 1024 / channels), channels, 0));
    }
    for (int size : List.of(100_000, 1_000_000)) {
      all.startOnly(new Load("2", Delay.SHORT, WINDOW, 1, size));
    }
    all.programs();
    for (Store.Kind kind : kinds) {
      for (long rows : List.of(10_000L, 1_000_000L, 10_000_000L)) {
        all.cases.add(new BacklogCase(site, kind, rows));
      }
      for (long rows : List.of(10_000L, 10_000_000L)) {
        all.cases.add(new HistoryCase(site, kind, rows));
      }
    }
    for (CommandCase.What what : CommandCase.What.values()) {
      for (Store.Kind kind : what == CommandCase.What.HELP ? kinds.subList(0, 1) : kinds) {
        all.cases.add(new CommandCase(site, kind, what));
      }
    }
    return all.cases;
  }

  private void programs() {
    Map<ProgramCase.What, Double> rates = new EnumMap<>(ProgramCase.What.class);
    for (ProgramCase.What what : ProgramCase.What.values()) {
      cases.add(new ProgramCase(site, what, new Ceiling(), kinds.getFirst(), rates));
      kinds.forEach(kind -> cases.add(new ProgramCase(site, what, START, kind, rates)));
    }
  }

  private void againstOthers(Load load) {
    startOnly(load);
    for (Store.Kind kind : kinds) {
      add(new OneAtATime(), load, kind);
      add(new Stock(100), load, kind);
      add(new Stock(1000), load, kind);
      add(new Stretto("strict", 0), load, kind);
      for (int keys : List.of(1, 100, 10_000)) {
        add(new Stretto("key", keys), load, kind);
      }
    }
  }

  private void startOnly(Load load) {
    add(new Ceiling(), load, kinds.getFirst());
    kinds.forEach(kind -> add(START, load, kind));
  }

  private void add(Contender contender, Load load, Store.Kind kind) {
    cases.add(new ThroughputCase(site, contender, load, kind, ceilings));
  }
}
