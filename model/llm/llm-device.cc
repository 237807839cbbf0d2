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
                               "weightBits",
                               "batteryJ",
                               "source"});
        device.name = root.GetText("name");
        device.frequencyHz = root.GetNumber("frequencyHz", LLM_JSON_POSITIVE);
        device.energyCoefficient = root.GetNumber("energyCoefficient", LLM_JSON_NOT_NEGATIVE);
        device.maxPowerDbm =
            root.GetOptionalNumber("maxPowerDbm", {-60, 60, "a power in dBm from -60 to 60"});
        device.memoryBytes =
            root.GetInteger("memoryBytes", {1, 9007199254740991, "an integer from 1 to 2^53 - 1"});
        device.memoryBytesPerS = root.GetNumber("memoryBytesPerS", LLM_JSON_POSITIVE);
        device.peakFlops = root.GetNumber("peakFlops", LLM_JSON_POSITIVE);
        device.weightBits = static_cast<int>(root.GetInteger("weightBits", {4, 8, "4 or 8"}));
        if (device.weightBits != 4 && device.weightBits != 8)
        {
            root.Fail("weightBits",
                      "got " + std::to_string(device.weightBits) + ", expected 4 or 8");
        }
        device.batteryJ = root.GetOptionalNumber("batteryJ", LLM_JSON_POSITIVE);
        device.source = root.GetText("source");
        return device;
    });
}

} // namespace llmmec
} // namespace ns3
