package dev.stretto.transport.http.credentials;

import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code http.signature} says.
 *
 * @param secrets of Standard Webhooks, each of which signs: {@code whsec_} or {@code whsk_} and
 *     base64; one or more
 */
public record SignatureSettings(@DefaultValue List<String> secrets) {

  /** Without the secrets. */
  @Override
  public String toString() {
    return "SignatureSettings[" + secrets.size() + "]";
  }
}
