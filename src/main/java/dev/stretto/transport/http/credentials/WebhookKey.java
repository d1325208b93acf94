package dev.stretto.transport.http.credentials;

import dev.stretto.transport.InvalidSettingException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A key that signs webhooks, as the Standard Webhooks specification has it. */
final class WebhookKey {

  private static final String SYMMETRIC = "whsec_";
  private static final String ASYMMETRIC = "whsk_";
  private static final String HMAC = "HmacSHA256";
  private static final int SHORTEST = 24;
  private static final int LONGEST = 64;
  private static final int SEED = 32;

  private final Key key;

  private WebhookKey(Key key) {
    this.key = key;
  }

  /**
   * Reads one.
   *
   * @throws InvalidSettingException naming the property, never the secret
   */
  static WebhookKey of(String property, String text) {
    String secret = text.strip();
    if (secret.startsWith(SYMMETRIC)) {
      byte[] bytes = bytes(property, secret.substring(SYMMETRIC.length()));
      if (bytes.length < SHORTEST || bytes.length > LONGEST) {
        throw new InvalidSettingException(property, "must hold 24 to 64 bytes behind whsec_");
      }
      return new WebhookKey(new SecretKeySpec(bytes, HMAC));
    }
    if (secret.startsWith(ASYMMETRIC)) {
      return ofSeed(property, bytes(property, secret.substring(ASYMMETRIC.length())));
    }
    throw new InvalidSettingException(
        property, "must begin with whsec_ or whsk_, followed by the key in base64");
  }

  private static byte[] bytes(String property, String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(property, "has no base64 behind its prefix");
    }
  }

  /** A seed, behind which some write the public key. */
  private static WebhookKey ofSeed(String property, byte[] bytes) {
    if (bytes.length != SEED && bytes.length != 2 * SEED) {
      throw new InvalidSettingException(
          property, "must hold the 32 bytes of an ed25519 key behind whsk_, or 64 with the public");
    }
    try {
      return new WebhookKey(
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(
                  new EdECPrivateKeySpec(NamedParameterSpec.ED25519, Arrays.copyOf(bytes, SEED))));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }

  /** The signature with its identifier, such as {@code v1,K5oZ…}. */
  String signature(byte[] content) {
    try {
      if (key instanceof PrivateKey own) {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(own);
        signature.update(content);
        return "v1a," + Base64.getEncoder().encodeToString(signature.sign());
      }
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(content));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has both algorithms", e);
    }
  }
}
