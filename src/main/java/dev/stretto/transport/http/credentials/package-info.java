/** Who is asking: what requests show of their sender, and the tokens that are got for that. */
@NullMarked
package dev.stretto.transport.http.credentials;

import org.jspecify.annotations.NullMarked;
