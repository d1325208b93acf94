package dev.stretto.run;

import dev.stretto.follow.Arrivals;
import dev.stretto.follow.Places.Place;

/**
 * What a run needs that stays once everything is sent.
 *
 * @param arrivals tells when there may be something to send
 * @param place taken as the run begins; given back whenever there is nothing to do
 */
public record Following(Arrivals arrivals, Place place) {}
