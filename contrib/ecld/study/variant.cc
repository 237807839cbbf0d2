/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "variant.h"

#include <sstream>

namespace ecld
{

namespace
{

/// The teacher counts far more than the texts in (8), which does not multiply its divergence by
/// tau^2: best of the ablation in agreement with it.
constexpr double DISTILLATION_ALPHA = 0.97;
constexpr double DISTILLATION_TEMPERATURE = 2;

/// What a student of the teacher's weights has learnt for in all: the teacher's steps and its own.
constexpr double TEACHER_AND_STUDENT_STEPS = 1.5;

/// @return what (8) is studied with: alpha, tau, the factor tau^2; and the refit
std::vector<StudentPlan>
GetAblation()
{
    std::vector<StudentPlan> plans;
    const auto add = [&](const std::string& name, double alpha, double temperature, bool isScaled) {
        StudentPlan plan;
        plan.name = name;
        plan.alpha = alpha;
        plan.temperature = temperature;
        plan.scalesByTemperatureSquared = isScaled;
        plans.push_back(plan);
    };
    add("alpha-50-tau-1", 0.5, 1, false);
    add("alpha-50-tau-2", 0.5, 2, false);
    add("alpha-50-tau-4", 0.5, 4, false);
    add("alpha-50-tau-2-scaled", 0.5, 2, true);
    add("alpha-90-tau-1", 0.9, 1, false);
    add("alpha-90-tau-2-scaled", 0.9, 2, true);
    add("alpha-100-tau-1", 1, 1, false);
    add("alpha-100-tau-2-scaled", 1, 2, true);
    StudentPlan refitted;
    refitted.name = "refitted";
    refitted.isTrained = false;
    refitted.isRefitted = true;
    plans.push_back(refitted);
    refitted.name = "refitted-distilled";
    refitted.isTrained = true;
    refitted.alpha = 0.5;
    plans.push_back(refitted);
    return plans;
}

/// @param plan of the ablation @return its label
std::string
Describe(const StudentPlan& plan)
{
    std::ostringstream label;
    label << "Pruning" << (plan.isRefitted ? " + refit" : "");
    if (plan.isTrained)
    {
        label << ", alpha " << plan.alpha << ", tau " << plan.temperature
              << (plan.scalesByTemperatureSquared ? " (squared)" : "");
    }
    return label.str();
}

} // namespace

std::vector<Variant>
GetVariants(bool hasAblation)
{
    const auto minMax = QuantizationMethod::MIN_MAX;
    const auto refined = QuantizationMethod::REFINED;
    const GgufType whole = GgufType::F16;
    const GgufType four = GgufType::Q4_K;
    std::vector<Variant> variants{
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
        {"scratch-distilled-4",
         "Scratch + distillation, x 3, 4 bits",
         "scratch-distillation",
         "scratch-distilled",
         four,
         refined,
         0},
        {"random-pruning-4",
         "Random pruning + distillation, 4 bits",
         "random-pruning",
         "random-distilled",
         four,
         refined,
         0},
    };
    if (hasAblation)
    {
        for (const StudentPlan& student : GetAblation())
        {
            variants.push_back(
                {student.name, Describe(student), "ablation", student.name, whole, refined, 0});
        }
    }
    return variants;
}

std::vector<StudentPlan>
GetStudents(bool hasAblation)
{
    std::vector<StudentPlan> students{
        {"pruned", true, false, false, 0, 1},
        {"pruned-trained", true, false, true, 0, 1},
        {"pruned-distilled",
         true,
         false,
         true,
         DISTILLATION_ALPHA,
         DISTILLATION_TEMPERATURE,
         false,
         true},
        {"scratch", false, false, true, 0, 1},
        {"scratch-distilled",
         false,
         false,
         true,
         DISTILLATION_ALPHA,
         DISTILLATION_TEMPERATURE,
         false,
         false,
         TEACHER_AND_STUDENT_STEPS},
        {"random-distilled",
         true,
         true,
         true,
         DISTILLATION_ALPHA,
         DISTILLATION_TEMPERATURE,
         false,
         true},
    };
    if (hasAblation)
    {
        const auto more = GetAblation();
        students.insert(students.end(), more.begin(), more.end());
    }
    return students;
}

} // namespace ecld
