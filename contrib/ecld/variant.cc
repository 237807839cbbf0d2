/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "variant.h"

namespace ecld
{

namespace
{

/// Where texts and teacher count the same in (8).
constexpr double DISTILLATION_ALPHA = 0.5;

} // namespace

std::vector<Variant>
GetVariants()
{
    const auto minMax = QuantizationMethod::MIN_MAX;
    const auto refined = QuantizationMethod::REFINED;
    const GgufType whole = GgufType::F16;
    const GgufType four = GgufType::Q4_K;
    return {
        {"original", "Original", "original", "teacher", whole, refined, 0},
        {"quantization-8",
         "Quantization, 8 bits",
         "quantization",
         "teacher",
         GgufType::Q8_0,
         refined,
         0},
        {"quantization-4", "Quantization, 4 bits", "quantization", "teacher", four, refined, 0},
        {"quantization-4-min-max",
         "Quantization, 4 bits, min-max",
         "quantization",
         "teacher",
         GgufType::Q4_1,
         minMax,
         0},
        {"quantization-3",
         "Quantization, 3 bits (simulated)",
         "quantization",
         "teacher",
         whole,
         refined,
         3},
        {"quantization-2",
         "Quantization, 2 bits (simulated)",
         "quantization",
         "teacher",
         whole,
         refined,
         2},
        {"pruning", "Pruning", "pruning", "pruned", whole, refined, 0},
        {"pruning-cross-entropy",
         "Pruning + training",
         "pruning-training",
         "pruned-trained",
         whole,
         refined,
         0},
        {"pruning-distillation",
         "Pruning + distillation",
         "pruning-distillation",
         "pruned-distilled",
         whole,
         refined,
         0},
        {"ecld", "ECLD", "ecld", "pruned-distilled", four, refined, 0},
        {"scratch-4", "Same size from scratch, 4 bits", "scratch", "scratch", four, refined, 0},
        {"random-pruning-4",
         "Random pruning + distillation, 4 bits",
         "random-pruning",
         "random-distilled",
         four,
         refined,
         0},
    };
}

std::vector<StudentPlan>
GetStudents()
{
    return {
        {"pruned", true, false, false, 0, 1},
        {"pruned-trained", true, false, true, 0, 1},
        {"pruned-distilled", true, false, true, DISTILLATION_ALPHA, 1},
        {"scratch", false, false, true, 0, 1},
        {"random-distilled", true, true, true, DISTILLATION_ALPHA, 1},
    };
}

} // namespace ecld
