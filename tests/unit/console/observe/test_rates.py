from console.observe.rates import POINTS, Rate, RateHistory


def history_of(*readings: tuple[int, float, int, int]) -> RateHistory:
    history = RateHistory()
    for reading in readings:
        history.add(*reading)
    return history


def test_a_rate_is_the_difference_of_two_readings_over_the_time_between_them():
    history = history_of((1, 100.0, 10, 5), (2, 102.5, 35, 10))
    assert history.latest == Rate(10.0, 2.0)


def test_one_reading_gives_no_rate():
    history = history_of((1, 100.0, 10, 5))
    assert history.latest is None
    assert history.window(1) == []


def test_a_restarted_broker_has_a_gap_instead_of_a_negative_rate():
    history = history_of((1, 100.0, 10, 5), (2, 102.0, 30, 5), (3, 104.0, 0, 0), (4, 106.0, 8, 4))
    assert history.window(4) == [Rate(10.0, 0.0), None, Rate(4.0, 2.0)]


def test_a_restart_is_detected_by_either_counter():
    assert history_of((1, 100.0, 10, 5), (2, 102.0, 12, 4)).latest is None
    assert history_of((1, 100.0, 10, 5), (2, 102.0, 9, 6)).latest is None


def test_a_clock_that_goes_back_gives_no_rate():
    assert history_of((1, 100.0, 10, 5), (1, 100.0, 12, 6)).latest is None
    assert history_of((5, 110.0, 10, 5), (4, 108.0, 12, 6)).latest is None


def test_an_interval_without_an_answer_is_not_averaged():
    history = history_of((1, 100.0, 0, 0), (2, 102.0, 20, 0))
    history.interrupt()
    assert history.latest is None
    history.add(5, 108.0, 100, 0)
    history.add(6, 110.0, 104, 0)
    assert history.latest == Rate(2.0, 0.0)
    assert history.window(6) == [Rate(10.0, 0.0), None, None, None, Rate(2.0, 0.0)]


def test_steps_without_a_measurement_are_gaps_at_the_end():
    history = history_of((1, 100.0, 0, 0), (2, 102.0, 20, 0))
    assert history.window(4) == [Rate(10.0, 0.0), None, None]


def test_steps_after_the_requested_one_are_not_shown():
    history = history_of((1, 100.0, 0, 0), (2, 102.0, 20, 0), (3, 104.0, 20, 0))
    assert history.window(2) == [Rate(10.0, 0.0)]


def test_the_window_holds_the_newest_points_only():
    history = history_of(*((step, 2.0 * step, step, 0) for step in range(POINTS + 40)))
    window = history.window(POINTS + 39)
    assert len(window) == POINTS
    assert set(window) == {Rate(0.5, 0.0)}


def test_points_older_than_the_window_are_not_shown():
    history = history_of((1, 100.0, 0, 0), (2, 102.0, 20, 0))
    assert history.window(2 + POINTS) == []
