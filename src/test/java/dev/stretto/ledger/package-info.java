@NullMarked
package dev.stretto.ledger;

import org.jspecify.annotations.NullMarked;
