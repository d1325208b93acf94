/** The databases that tests run on, H2 and real servers. */
@NullMarked
package dev.stretto.database;

import org.jspecify.annotations.NullMarked;
