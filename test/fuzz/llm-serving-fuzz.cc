/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/llm-device.h"
#include "ns3/llm-model-shape.h"
#include "ns3/llm-serving.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>

namespace
{

/// @param value a number @return whether it is finite and from 0
bool
IsFromZero(double value)
{
    return std::isfinite(value) && value >= 0;
}

/// @param value a number @return whether it is finite and above 0
bool
IsPositive(double value)
{
    return IsFromZero(value) && value > 0;
}

/// @param serving what was read @return whether every member is within its range
bool
IsGood(const ns3::llmmec::LlmServing& serving)
{
    const auto& law = serving.law;
    bool good = !serving.device.empty() && !serving.source.empty() && serving.memoryBytes > 0 &&
                serving.weightBytes > 0 && IsPositive(serving.kvBytesPerToken) &&
                IsPositive(serving.flopsPerToken) && IsFromZero(serving.attentionFlopsPerPair) &&
                IsPositive(law.weightsUs) && law.tileTokens >= 1 && law.tileTokens <= 65536;
    for (double number : {law.activationUsPerToken,
                          law.gemmUsPerToken,
                          law.sequenceUs,
                          law.prefillAttentionUsPerPair,
                          law.decodeKvUsPerToken,
                          law.multiQueryKvUsPerToken})
    {
        good = good && IsFromZero(number);
    }
    return good &&
           (!law.link || (law.link->allReduces >= 1 && IsFromZero(law.link->latencyUs) &&
                          IsFromZero(law.link->bytesPerToken) && IsPositive(law.link->bytesPerS)));
}

/// @param shape what was read @return whether every member is within its range
bool
IsGood(const ns3::llmmec::LlmModelShape& shape)
{
    return shape.version == 1 && !shape.name.empty() && !shape.source.empty() &&
           shape.keyValueHeads <= shape.attentionHeads && IsPositive(shape.GetLayerWeights()) &&
           IsPositive(shape.GetHeadWeights()) && IsPositive(shape.GetKvValuesPerToken());
}

/// @param device what was read @return whether every member is within its range
bool
IsGood(const ns3::llmmec::LlmDevice& device)
{
    const int bits = device.weightBits;
    const auto& parallel = device.tensorParallel;
    return device.version == 1 && !device.name.empty() && !device.source.empty() &&
           IsPositive(device.frequencyHz.value_or(1)) &&
           IsFromZero(device.energyCoefficient.value_or(0)) && device.memoryBytes > 0 &&
           IsPositive(device.memoryBytesPerS) && IsPositive(device.peakFlops) &&
           (bits == 4 || bits == 8 || bits == 16) && IsPositive(device.batteryJ.value_or(1)) &&
           (!parallel ||
            (parallel->gpus >= 2 && parallel->gpus <= 64 &&
             IsFromZero(parallel->allReduceLatencyUs) && IsPositive(parallel->linkBytesPerS)));
}

/**
 * End the program unless a reader gives what is good or refuses it in one short line. Any other
 * exception ends it too.
 * @param read reads, and says whether it is good
 */
void
Check(const std::function<bool()>& read)
{
    try
    {
        if (!read())
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
}

} // namespace

/**
 * libFuzzer's entry: whatever the bytes, the readers of serving, of models and of devices give what
 * is within its ranges or a std::runtime_error of one short line.
 * @param data bytes of the document
 * @param size number of bytes
 * @return 0, as libFuzzer asks
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char*>(data), size);
    Check([&text] { return IsGood(ns3::llmmec::ParseLlmServing(text, "fuzz")); });
    Check([&text] { return IsGood(ns3::llmmec::ParseLlmModelShape(text, "fuzz")); });
    Check([&text] { return IsGood(ns3::llmmec::ParseLlmDevice(text, "fuzz")); });
    return 0;
}
