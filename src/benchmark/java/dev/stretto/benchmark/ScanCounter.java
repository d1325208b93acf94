package dev.stretto.benchmark;

import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCreator;
import org.springframework.jdbc.core.PreparedStatementSetter;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.core.SqlProvider;

/** Has H2 explain every query of the outbox before it is made, and adds up the rows it scans. */
final class ScanCounter extends JdbcTemplate {

  private static final String EXPLAIN = "explain analyze ";
  private static final Pattern SCANNED = Pattern.compile("scanCount: (\\d+)");

  private final AtomicLong rows = new AtomicLong();

  ScanCounter(DataSource dataSource) {
    super(dataSource);
  }

  long rows() {
    return rows.get();
  }

  @Override
  public <T extends @Nullable Object> T query(
      PreparedStatementCreator creator,
      @Nullable PreparedStatementSetter setter,
      ResultSetExtractor<T> extractor) {
    String sql = creator instanceof SqlProvider provider ? provider.getSql() : null;
    if (sql != null && sql.contains("outbox_message") && !sql.startsWith(EXPLAIN)) {
      super.query(
          EXPLAIN + sql,
          setter,
          plan -> {
            while (plan.next()) {
              Matcher scanned = SCANNED.matcher(plan.getString(1));
              while (scanned.find()) {
                rows.addAndGet(Long.parseLong(scanned.group(1)));
              }
            }
            return null;
          });
    }
    return super.query(creator, setter, extractor);
  }
}
