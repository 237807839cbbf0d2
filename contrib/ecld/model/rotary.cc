/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "rotary.h"

#include <cmath>

namespace ecld
{

namespace
{

double
GetUnscaledFrequency(const ModelConfig& config, int64_t i)
{
    return std::pow(config.ropeTheta, -2.0 * double(i) / double(config.headDim));
}

double
GetDivisor(const RopeScaling& scaling, double frequency)
{
    const double pi = std::acos(-1.0);
    const double wavelength = 2.0 * pi / frequency;
    const auto context = double(scaling.originalMaxPositions);
    if (wavelength < context / scaling.highFrequencyFactor)
    {
        return 1.0;
    }
    if (wavelength > context / scaling.lowFrequencyFactor)
    {
        return scaling.factor;
    }
    const double smooth = (context / wavelength - scaling.lowFrequencyFactor) /
                          (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
    return 1.0 / ((1.0 - smooth) / scaling.factor + smooth);
}

} // namespace

std::vector<double>
GetRotaryDivisors(const ModelConfig& config)
{
    std::vector<double> divisors(config.headDim / 2, 1.0);
    if (config.ropeScaling)
    {
        for (std::size_t i = 0; i < divisors.size(); ++i)
        {
            divisors[i] = GetDivisor(*config.ropeScaling, GetUnscaledFrequency(config, i));
        }
    }
    return divisors;
}

std::vector<double>
GetRotaryFrequencies(const ModelConfig& config)
{
    std::vector<double> frequencies = GetRotaryDivisors(config);
    for (std::size_t i = 0; i < frequencies.size(); ++i)
    {
        frequencies[i] = GetUnscaledFrequency(config, i) / frequencies[i];
    }
    return frequencies;
}

} // namespace ecld
