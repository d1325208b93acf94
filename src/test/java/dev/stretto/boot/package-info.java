@NullMarked
package dev.stretto.boot;

import org.jspecify.annotations.NullMarked;
