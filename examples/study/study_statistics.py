# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Statistics of few runs, as R. Agarwal et al., "Deep Reinforcement Learning at the Edge of the
Statistical Precipice", 2021, has them; and the time to convergence, where runs that never converge
are censored instead of left out."""

import numpy as np

DRAWS = 20000  # of a bootstrap
LEVEL = 95  # of intervals, %


def interquartile_mean(scores):
    """Mean of the middle half of the values, along the last axis. Where a quarter is no whole
    number of values, those at its edge count in part."""
    ordered = np.sort(scores, axis=-1)
    n = ordered.shape[-1]
    weights = np.clip(np.minimum(np.arange(1, n + 1) - n / 4, 3 * n / 4 - np.arange(n)), 0, 1)
    return ordered @ (weights / weights.sum())


def _resample(scores, random, draws):
    """Runs drawn with replacement, within each task. scores: tasks x runs -> draws x (all)."""
    tasks, runs = scores.shape
    index = random.integers(0, runs, size=(draws, tasks, runs))
    return scores[np.arange(tasks)[None, :, None], index].reshape(draws, tasks * runs)


def interval(values):
    """Percentile interval of a bootstrap's values, along the first axis."""
    return tuple(np.percentile(values, [(100 - LEVEL) / 2, (100 + LEVEL) / 2], axis=0))


def iqm_with_interval(scores, seed=1):
    """IQM over all runs of all tasks, and its stratified bootstrap interval.
    scores: tasks x runs, or runs."""
    scores = np.atleast_2d(scores)
    random = np.random.default_rng(seed)
    return (
        float(interquartile_mean(scores.reshape(-1))),
        interval(interquartile_mean(_resample(scores, random, DRAWS))),
    )


def iqm_curve(curves, seed=1, draws=2000):
    """IQM over runs at each evaluation, and the ends of its bootstrap interval.
    curves: runs x evaluations."""
    runs = curves.shape[0]
    random = np.random.default_rng(seed)
    drawn = curves[random.integers(0, runs, size=(draws, runs))]
    low, high = interval(interquartile_mean(np.moveaxis(drawn, 1, -1)))
    return interquartile_mean(curves.T), low, high


def difference_with_interval(first, second, seed=1):
    """IQM of first less IQM of second; runs of one seed share their draws, so seeds are drawn in
    pairs. first, second: tasks x runs of the same shape."""
    first, second = np.atleast_2d(first), np.atleast_2d(second)
    tasks, runs = first.shape
    random = np.random.default_rng(seed)
    index = random.integers(0, runs, size=(DRAWS, tasks, runs))
    rows = np.arange(tasks)[None, :, None]
    drawn = interquartile_mean(first[rows, index].reshape(DRAWS, -1)) - interquartile_mean(
        second[rows, index].reshape(DRAWS, -1)
    )
    value = interquartile_mean(first.reshape(-1)) - interquartile_mean(second.reshape(-1))
    return float(value), interval(drawn)


def probability_of_improvement(first, second, seed=1, draws=2000):
    """Probability that a run of first is better than one of second (Mann and Whitney's U over the
    number of pairs, ties count half), averaged over tasks, with its interval."""
    first, second = np.atleast_2d(first), np.atleast_2d(second)

    def mean_of(a, b):
        better = (a[..., :, None] > b[..., None, :]) + 0.5 * (a[..., :, None] == b[..., None, :])
        return better.mean(axis=(-1, -2)).mean(axis=-1)

    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(draws):
        rows = np.arange(first.shape[0])[:, None]
        a = first[rows, random.integers(0, first.shape[1], size=first.shape)]
        b = second[rows, random.integers(0, second.shape[1], size=second.shape)]
        drawn.append(mean_of(a, b))
    return float(mean_of(first, second)), interval(drawn)


def convergence_episode(episodes, rewards, reference, window=5, enough=0.95, least=0.90):
    """Episode at which a run converges, None when it never does.

    A run converges at the first evaluation from which on two things hold. The mean reward of that
    evaluation and the next four (`window` in all) is at least `enough` of a common reference, and
    no later evaluation of the run falls below `least` of it. So four evaluations have to follow
    before it can be said, and none of a run's last four can be the episode of convergence."""
    rewards = np.asarray(rewards)
    for i in range(len(rewards) - window + 1):
        if rewards[i : i + window].mean() >= enough * reference and np.all(
            rewards[i:] >= least * reference
        ):
            return episodes[i]
    return None


def restricted_mean_with_interval(times, end, seed=1):
    """Mean time to convergence up to `end`, the area under Kaplan and Meier's curve, and its
    bootstrap interval over runs. A run that never converges (None) is censored at `end`; as all are
    censored there, it adds `end` to the mean. No run may be trimmed: those that never converge
    would be the first to go."""
    until = np.array([end if time is None else min(time, end) for time in times], dtype=float)
    random = np.random.default_rng(seed)
    drawn = _resample(np.atleast_2d(until), random, DRAWS).mean(axis=-1)
    return float(until.mean()), interval(drawn)
