/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-device.h"

#include "llm-json-reader.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmDevice");

namespace
{

/// @param object the object `tensorParallel` @return what it says
LlmTensorParallel
ReadTensorParallel(const LlmJsonObject& object)
{
    object.RequireKnownKeys({"gpus", "allReduceLatencyUs", "linkBytesPerS"});
    LlmTensorParallel parallel;
    parallel.gpus =
        static_cast<uint32_t>(object.GetInteger("gpus", {2, 64, "an integer from 2 to 64"}));
    parallel.allReduceLatencyUs = object.GetNumber("allReduceLatencyUs", LLM_JSON_NOT_NEGATIVE);
    parallel.linkBytesPerS = object.GetNumber("linkBytesPerS", LLM_JSON_POSITIVE);
    return parallel;
}

} // namespace

LlmDevice
ReadLlmDevice(const std::string& path)
{
    NS_LOG_FUNCTION(path);
    return GuardLlmJson(path, [&] { return ParseLlmDevice(ReadLlmJsonFile(path), path); });
}

LlmDevice
ParseLlmDevice(const std::string& text, const std::string& name)
{
    NS_LOG_FUNCTION(name);
    return GuardLlmJson(name, [&] {
        const auto document = ParseLlmJson(text, name);
        const LlmJsonObject root(document, name);
        LlmDevice device;
        // First, so that a file of a later version is called that and not a file of unknown keys.
        device.version = root.GetVersion(1);
        root.RequireKnownKeys({"version",
                               "name",
                               "frequencyHz",
                               "energyCoefficient",
                               "maxPowerDbm",
                               "memoryBytes",
                               "memoryBytesPerS",
                               "peakFlops",
                               "fp32Flops",
                               "weightBits",
                               "tensorParallel",
                               "batteryJ",
                               "source"});
        device.name = root.GetText("name");
        device.frequencyHz = root.GetOptionalNumber("frequencyHz", LLM_JSON_POSITIVE);
        device.energyCoefficient =
            root.GetOptionalNumber("energyCoefficient", LLM_JSON_NOT_NEGATIVE);
        device.maxPowerDbm =
            root.GetOptionalNumber("maxPowerDbm", {-60, 60, "a power in dBm from -60 to 60"});
        device.memoryBytes =
            root.GetInteger("memoryBytes", {1, 9007199254740991, "an integer from 1 to 2^53 - 1"});
        device.memoryBytesPerS = root.GetNumber("memoryBytesPerS", LLM_JSON_POSITIVE);
        device.peakFlops = root.GetNumber("peakFlops", LLM_JSON_POSITIVE);
        device.fp32Flops = root.GetOptionalNumber("fp32Flops", LLM_JSON_POSITIVE);
        device.weightBits = static_cast<int>(root.GetInteger("weightBits", {4, 16, "4, 8 or 16"}));
        if (device.weightBits != 4 && device.weightBits != 8 && device.weightBits != 16)
        {
            root.Fail("weightBits",
                      "got " + std::to_string(device.weightBits) + ", expected 4, 8 or 16");
        }
        if (const auto parallel = root.GetOptionalObject("tensorParallel"))
        {
            device.tensorParallel = ReadTensorParallel(*parallel);
        }
        device.batteryJ = root.GetOptionalNumber("batteryJ", LLM_JSON_POSITIVE);
        device.source = root.GetText("source");
        return device;
    });
}

} // namespace llmmec
} // namespace ns3
