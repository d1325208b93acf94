package dev.stretto.transport.http.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;

/** The signatures that the standard's own libraries publish for these keys. */
class WebhookKeyTest {

  private static final byte[] CONTENT =
      "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}".getBytes(UTF_8);

  private static final String SEED = "VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";

  private static final String SIGNATURE =
      "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==";

  @Test
  void anHmacIsAsPublished() {
    assertThat(signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void anEd25519SignatureIsAsPublished() {
    assertThat(signature("whsk_" + SEED)).isEqualTo(SIGNATURE);
  }

  @Test
  void aPublicKeyBehindTheSeedChangesNothing() {
    byte[] seed = Base64.getDecoder().decode(SEED);
    byte[] both = new byte[64];
    System.arraycopy(seed, 0, both, 0, 32);

    assertThat(signature("whsk_" + Base64.getEncoder().encodeToString(both))).isEqualTo(SIGNATURE);
  }

  private static String signature(String secret) {
    return WebhookKey.of("http.signature.secrets[0]", secret).signature(CONTENT);
  }
}
