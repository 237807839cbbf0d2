/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_RUNTIME_SPEED_H
#define ECLD_RUNTIME_SPEED_H

#include "energy-meter.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/// Speed of a model in a runtime, one number for each repeat.
struct RuntimeSpeed
{
    std::vector<double> promptPerTokenS;     ///< latency of a prompt token, s
    std::vector<double> generationPerTokenS; ///< latency of a generated token, s
    std::vector<double> promptPerTokenJ;     ///< energy of a prompt token, J
    std::vector<double> generationPerTokenJ; ///< energy of a generated token, J
    std::string runtime;                     ///< who ran it
    std::string energySource;                ///< EnergyMeter::Describe
};

/// What is run.
struct SpeedSettings
{
    int64_t promptTokens{64};    ///< of each repeat, >= 1
    int64_t generatedTokens{64}; ///< of each repeat, >= 1
    int64_t repeats{5};          ///< after one that does not count, >= 1
    std::string clientFolder;    ///< where test/llama-client/install.sh put llama.cpp
};

/// @param settings its clientFolder @return whether llama.cpp can be run, and if not why
std::string FindClientProblem(const SpeedSettings& settings);

/**
 * @brief Time a GGUF file in llama.cpp, on one thread of the CPU.
 *
 * Energy is RAPL's where it can be read, else the model's for the client's processor time.
 *
 * @param path the file
 * @param settings what is run
 * @param meter how energy is found
 * @return the numbers
 * @throws std::runtime_error naming the file that llama.cpp does not load
 */
RuntimeSpeed MeasureLlamaSpeed(const std::string& path,
                               const SpeedSettings& settings,
                               const EnergyMeter& meter);

/// @param speed the numbers @return them as JSON text
std::string WriteRuntimeSpeed(const RuntimeSpeed& speed);

/// @param text what WriteRuntimeSpeed gave @param file what messages call it @return the numbers
/// @throws std::runtime_error naming the file
RuntimeSpeed ParseRuntimeSpeed(const std::string& text, const std::string& file);

} // namespace ecld

#endif // ECLD_RUNTIME_SPEED_H
