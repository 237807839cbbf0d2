/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_PROBLEM_H
#define OFFLOAD_PROBLEM_H

#include "offload-slot.h"

#include <Eigen/Core>

/**
 * @file
 * @ingroup llm-mec
 * Problem (30) with its reward (47) and penalty (48), and the quality metrics (23) to (27), as free
 * functions on Eigen arrays. No simulator in here.
 */

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Floor of the denominator of (47), s: the resolution of the simulator's clock. Only a slot in
 * which nobody has a task gets there; its reward is then 1e9 and not infinite.
 */
constexpr double SHORTEST_TOTAL_LATENCY_S = 1e-9;

/**
 * @ingroup llm-mec
 * Check every value of a problem.
 * @param problem the problem
 * @throw std::invalid_argument in one line: the field, its value and what was expected
 */
void CheckProblem(const OffloadProblem& problem);

/**
 * @ingroup llm-mec
 * Uplink rates of transmitters that interfere with each other, (19), in O(K).
 *
 * The interference is a sum over the others, never the total less one's own: that difference loses
 * all its digits when one transmitter drowns the rest.
 * @param receivedW p_k h_k, W, one entry a transmitter, >= 0
 * @param bandwidthHz B, Hz
 * @param noiseW sigma^2 over B, W
 * @return r_k, bit/s, one entry a transmitter
 */
Eigen::ArrayXd UplinkRatesBps(const Eigen::Ref<const Eigen::ArrayXd>& receivedW,
                              double bandwidthHz,
                              double noiseW);

/**
 * @ingroup llm-mec
 * One slot in closed form: (14), (15), (19) to (22), (28), (29), (47) and (48).
 * @param problem what holds for all slots
 * @param tasks this slot's tasks, K entries
 * @param gain h_k of (17), linear, K entries
 * @param decision alpha_k and p_k, K entries
 * @return the outcome, K entries
 */
SlotOutcome EvaluateSlot(const OffloadProblem& problem,
                         const SlotTasks& tasks,
                         const Eigen::Ref<const Eigen::ArrayXd>& gain,
                         const SlotDecision& decision);

/**
 * @ingroup llm-mec
 * Penalty (48): what the slot's sums lack to the accuracy limit, exceed the hallucination limit by
 * and exceed the energy budgets by.
 * @param problem limits
 * @param outcome accuracy, hallucination and energies of the slot
 * @return Omega, >= 0
 */
double PenaltyOf(const OffloadProblem& problem, const SlotOutcome& outcome);

/**
 * @ingroup llm-mec
 * Reward (47), 1 / (sum of latencies + omega Omega).
 * @param problem penalty weight
 * @param outcome latencies and penalty of the slot
 * @return reward, 1/s, finite (see SHORTEST_TOTAL_LATENCY_S)
 */
double RewardOf(const OffloadProblem& problem, const SlotOutcome& outcome);

/**
 * @ingroup llm-mec
 * Which MLUs broke one of their own limits (30d), (30e) or (30f) in a slot. The penalty (48) looks
 * at sums instead, so that one MLU may make up for another; this does not.
 * @param problem limits
 * @param outcome accuracy, hallucination and energies of the slot
 * @return one flag an MLU; a limit met to 1e-6 of its value counts as kept
 */
Eigen::Array<bool, Eigen::Dynamic, 1> BreaksLimits(const OffloadProblem& problem,
                                                   const SlotOutcome& outcome);

/**
 * @ingroup llm-mec
 * Objective (30a): latency averaged over MLUs (rows) and slots (columns).
 * @param latencyS L_k(t), s
 * @return mean latency, s; 0 when empty
 */
double MeanLatencyS(const Eigen::Ref<const Eigen::ArrayXXd>& latencyS);

/**
 * @ingroup llm-mec
 * Offline accuracy (23): share of answers that contain the ground truth.
 * @param correct one flag an answer, at least one
 * @return share in [0, 1]
 */
double OfflineAccuracy(const Eigen::Ref<const Eigen::Array<bool, Eigen::Dynamic, 1>>& correct);

/**
 * @ingroup llm-mec
 * Offline hallucination rate (24): share of generated sentences that contradict their article.
 * @param factualSentences number of factual sentences, one entry an article
 * @param sentences S_i, number of sentences, one entry an article, at least one sentence in all
 * @return share in [0, 1]
 */
double OfflineHallucination(const Eigen::Ref<const Eigen::ArrayXd>& factualSentences,
                            const Eigen::Ref<const Eigen::ArrayXd>& sentences);

/**
 * @ingroup llm-mec
 * Semantic accuracy (26) of a local answer against the server's.
 * @param similarity cosine similarity of the contextual embeddings, one entry a token, at least one
 * @return mean similarity in [-1, 1]
 */
double SemanticAccuracy(const Eigen::Ref<const Eigen::ArrayXd>& similarity);

/**
 * @ingroup llm-mec
 * Hallucination rate (27) of a local answer against the server's.
 * @param similarity cosine similarity of the contextual embeddings, one entry a token, at least one
 * @param threshold gamma, below which a token counts as hallucinated
 * @return share in [0, 1]
 */
double SemanticHallucination(const Eigen::Ref<const Eigen::ArrayXd>& similarity, double threshold);

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_PROBLEM_H
