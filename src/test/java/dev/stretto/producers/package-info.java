/** What the documents tell producers, run as it stands there. */
@NullMarked
package dev.stretto.producers;

import org.jspecify.annotations.NullMarked;
