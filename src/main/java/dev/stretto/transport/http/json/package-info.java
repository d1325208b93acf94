/** Values found in JSON text as they stand there, whether or not all of the text is here. */
@NullMarked
package dev.stretto.transport.http.json;

import org.jspecify.annotations.NullMarked;
