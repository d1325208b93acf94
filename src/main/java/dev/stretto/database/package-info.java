/** Where in a database Stretto lives, and how its sessions behave there: as a guest. */
@NullMarked
package dev.stretto.database;

import org.jspecify.annotations.NullMarked;
