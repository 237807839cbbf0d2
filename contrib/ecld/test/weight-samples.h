/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_WEIGHT_SAMPLES_H
#define ECLD_WEIGHT_SAMPLES_H

#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace ecld
{

/// Weights as trained matrices have them, and some that are hard. @param count how many of each
inline std::vector<std::pair<std::string, std::vector<float>>>
MakeWeightSamples(std::size_t count)
{
    std::mt19937 random(4);
    std::vector<std::pair<std::string, std::vector<float>>> samples;
    const auto add = [&](const std::string& name, const auto& draw) {
        std::vector<float> weights(count);
        for (float& weight : weights)
        {
            weight = static_cast<float>(draw());
        }
        samples.emplace_back(name, weights);
    };
    std::normal_distribution<double> normal(0, 0.02);
    std::student_t_distribution<double> student(5);
    std::exponential_distribution<double> exponential(50);
    std::bernoulli_distribution coin;
    std::uniform_real_distribution<double> uniform(-1, 1);
    add("normal", [&] { return normal(random); });
    add("student", [&] { return 0.02 * student(random); });
    add("laplace", [&] { return exponential(random) * (coin(random) ? 1 : -1); });
    add("uniform", [&] { return uniform(random); });
    add("positive", [&] { return 1 + std::abs(normal(random)); });
    add("negative", [&] { return -3 - exponential(random); });
    add("large", [&] { return 30000 * uniform(random); });
    add("subnormal", [&] { return 1e-41 * uniform(random); });
    add("below binary16", [&] { return 1e-8 * uniform(random); });
    add("zero", [&] { return 0.0; });
    add("constant", [&] { return 0.1; });
    add("sparse", [&] { return uniform(random) > 0.9 ? uniform(random) : 0.0; });
    add("two values", [&] { return coin(random) ? 0.25 : -1.5; });
    return samples;
}

} // namespace ecld

#endif // ECLD_WEIGHT_SAMPLES_H
