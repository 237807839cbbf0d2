/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/llm-profile.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

/**
 * libFuzzer's entry: whatever the bytes, the reader gives a profile within its ranges or a
 * std::runtime_error of one short line. Any other exception ends the program, which libFuzzer
 * reports.
 * @param data bytes of the document
 * @param size number of bytes
 * @return 0, as libFuzzer asks
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    try
    {
        const auto profile =
            ns3::llmmec::ParseLlmProfile(std::string(reinterpret_cast<const char*>(data), size),
                                         "fuzz");
        const auto isShare = [](double value) { return value >= 0 && value <= 1; };
        bool good = profile.version == 1 && !profile.name.empty() && !profile.source.empty() &&
                    profile.sizeBytes > 0 && profile.energyPerQueryJ >= 0 &&
                    isShare(profile.accuracy) && isShare(profile.hallucination) &&
                    profile.promptLatencyPerTokenS.value_or(1) > 0 &&
                    profile.generationLatencyPerTokenS.value_or(1) > 0 &&
                    (!profile.serving || profile.serving->law.weightsUs > 0) &&
                    profile.accuracySamples.size() == profile.hallucinationSamples.size();
        for (double sample : profile.accuracySamples)
        {
            good = good && sample >= -1 && sample <= 1;
        }
        for (double sample : profile.hallucinationSamples)
        {
            good = good && isShare(sample);
        }
        if (!good)
        {
            std::abort();
        }
    }
    catch (const std::runtime_error& e)
    {
        const std::string what = e.what();
        if (what.rfind("fuzz: ", 0) != 0 || what.size() > 1000 ||
            what.find_first_of("\n\r") != std::string::npos)
        {
            std::abort();
        }
    }
    return 0;
}
