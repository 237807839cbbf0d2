/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "checkpoint-report.h"

#include <filesystem>
#include <iomanip>
#include <ostream>
#include <sstream>

namespace ecld
{

namespace
{

constexpr double MEBIBYTE = 1048576;

/// Tokens of the prompt that the modelled latency is for.
constexpr int64_t MODELLED_PROMPT = 64;

} // namespace

std::string
FormatRate(double bytesPerS)
{
    std::ostringstream text;
    text << std::fixed << std::setprecision(3) << bytesPerS / 1e9 << " GB/s";
    return text.str();
}

std::string
DescribeFile(const std::string& path,
             double bitsPerWeight,
             double bf16Bytes,
             double peakBytes,
             const DeviceModel& device)
{
    std::ostringstream text;
    text << std::fixed << std::setprecision(2);
    const auto bytes = static_cast<double>(std::filesystem::file_size(path));
    text << path << ": " << bytes / MEBIBYTE << " MiB, " << 100 * bytes / bf16Bytes
         << " % of bf16's " << bf16Bytes / MEBIBYTE << " MiB\n";
    if (peakBytes > 0)
    {
        text << "peak resident memory: " << peakBytes / 1e9 << " GB\n";
    }
    const ModelledCost cost =
        ModelCost(device, {bytes, 8 * bytes / bitsPerWeight}, MODELLED_PROMPT);
    text << "modelled on " << device.name << " (roofline, efficiency " << ROOFLINE_EFFICIENCY
         << "): " << 1 / cost.generationPerTokenS << " generated tokens/s, "
         << 1 / cost.promptPerTokenS << " prompt tokens/s, " << cost.generationPerTokenJ
         << " J a generated token" << (cost.fits ? "" : ", but it does not fit into its memory")
         << "\n";
    return text.str();
}

RuntimeSpeed
TrySpeed(const std::string& path, const std::string& clientFolder, std::ostream& report)
{
    SpeedSettings settings;
    settings.clientFolder = clientFolder;
    settings.promptTokens = 16;
    settings.generatedTokens = 8;
    settings.repeats = 1;
    const std::string problem = FindClientProblem(settings);
    if (!problem.empty())
    {
        report << "not loaded into a runtime: " << problem << "\n";
        return {};
    }
    const RuntimeSpeed measured = MeasureLlamaSpeed(path, settings, EnergyMeter());
    report << measured.runtime << " loads it: " << 1 / measured.promptPerTokenS.front()
           << " prompt tokens/s, " << 1 / measured.generationPerTokenS.front()
           << " generated tokens/s, " << measured.generationPerTokenJ.front()
           << " J a generated token by " << measured.energySource << "\n";
    return measured;
}

} // namespace ecld
