/** An application as a user of Stretto would write it; tests build and run it. */
@NullMarked
package org.example.shop;

import org.jspecify.annotations.NullMarked;
