/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_DISTILLATION_H
#define ECLD_DISTILLATION_H

#include "training.h"

namespace ecld
{

/**
 * @brief How a student learns from a teacher, (8)-(11).
 *
 * alpha weighs the teacher: (8) is (1 - alpha) CE + alpha KL, so 0 trains on the texts alone and 1
 * on the teacher alone. (Others write the two weights the other way round.)
 */
struct DistillationSettings
{
    TrainingSettings training; ///< optimiser, schedule, texts, state
    double alpha{0.5};         ///< weight of the teacher, 0 to 1
    double temperature{1.0};   ///< tau of (11), > 0
    /// Multiply the divergence by tau^2, which keeps its gradient's size as tau grows (Hinton et
    /// al.); (8) does not.
    bool scalesByTemperatureSquared{false};
};

/**
 * Train a student on texts and on a teacher's distribution of each next token. The teacher does not
 * change. Where the teacher was trained on other texts, Train it on these first (teacher
 * correction).
 * @param student is trained in place
 * @param teacher same vocabulary
 * @param corpus the texts
 * @param settings how
 * @return what it did; the loss is (8)
 * @throws std::invalid_argument naming a setting out of range, or two vocabularies
 * @throws std::runtime_error, base::Interruption as Train
 */
TrainingReport Distill(LanguageModel& student,
                       const LanguageModel& teacher,
                       const TokenCorpus& corpus,
                       const DistillationSettings& settings);

/**
 * The loss (8) of given logits, for checking by hand.
 * @param student [position][token] logits
 * @param teacher as student
 * @param targets next token of each position
 * @param settings alpha, temperature and scaling
 * @return mean over positions, nats
 */
double ComputeDistillationLoss(const std::vector<std::vector<float>>& student,
                               const std::vector<std::vector<float>>& teacher,
                               const std::vector<int64_t>& targets,
                               const DistillationSettings& settings);

} // namespace ecld

#endif // ECLD_DISTILLATION_H
