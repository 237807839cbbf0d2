/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "device-model.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ecld
{

double
DeviceModel::GetPowerW() const
{
    return energyCoefficient * frequencyHz * frequencyHz * frequencyHz;
}

DeviceModel
ReadDeviceModel(const std::string& path)
{
    std::ifstream stream(path);
    if (!stream)
    {
        throw std::runtime_error(path + ": cannot read it");
    }
    const auto document = nlohmann::json::parse(stream, nullptr, false);
    if (!document.is_object())
    {
        throw std::runtime_error(path + ": expected a JSON object");
    }
    const auto number = [&](const std::string& key) {
        const auto found = document.find(key);
        if (found == document.end() || !found->is_number() || !(found->get<double>() > 0))
        {
            throw std::runtime_error(path + ": /" + key + ": expected a number above zero");
        }
        return found->get<double>();
    };
    DeviceModel device;
    const auto name = document.find("name");
    if (name == document.end() || !name->is_string())
    {
        throw std::runtime_error(path + ": /name: expected a text");
    }
    device.name = name->get<std::string>();
    device.memoryBytes = number("memoryBytes");
    device.memoryBytesPerS = number("memoryBytesPerS");
    device.peakFlops = number("peakFlops");
    device.frequencyHz = number("frequencyHz");
    device.energyCoefficient = number("energyCoefficient");
    const double bits = number("weightBits");
    if (bits != 4 && bits != 8)
    {
        throw std::runtime_error(path + ": /weightBits: expected 4 or 8");
    }
    device.weightBits = static_cast<int>(bits);
    return device;
}

ModelledCost
ModelCost(const DeviceModel& device,
          const ModelDemand& model,
          int64_t promptTokens,
          double efficiency)
{
    const double readS = model.bytes / (efficiency * device.memoryBytesPerS);
    const double computeS = 2 * model.parameters / (efficiency * device.peakFlops);
    ModelledCost cost;
    cost.generationPerTokenS = std::max(readS, computeS);
    cost.promptPerTokenS = std::max(readS / static_cast<double>(promptTokens), computeS);
    cost.generationPerTokenJ = cost.generationPerTokenS * device.GetPowerW();
    cost.promptPerTokenJ = cost.promptPerTokenS * device.GetPowerW();
    cost.fits = model.bytes <= device.memoryBytes;
    return cost;
}

} // namespace ecld
