/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "checkpoint.h"

#include "format/safetensors-checkpoint.h"
#include "format/safetensors-writer.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <filesystem>
#include <stdexcept>

namespace ecld
{

torch::Device
FindDevice(const std::string& name)
{
    if (name == "cpu")
    {
        return torch::Device(torch::kCPU);
    }
    const std::string prefix = "cuda:";
    const bool numbered = name.size() > prefix.size() && name.size() <= prefix.size() + 2 &&
                          name.compare(0, prefix.size(), prefix) == 0 &&
                          name.find_first_not_of("0123456789", prefix.size()) == std::string::npos;
    if (name != "cuda" && !numbered)
    {
        throw std::invalid_argument("device: \"" + name + "\" is not cpu, cuda or cuda:N");
    }
    if (!at::globalContext().hasCUDA())
    {
        throw std::invalid_argument("device: \"" + name +
                                    "\": this LibTorch has no CUDA, or the machine no such device");
    }
    const int index = numbered ? std::stoi(name.substr(prefix.size())) : 0;
    return torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(index));
}

std::unique_ptr<Transformer>
LoadCheckpoint(const std::string& folder, const torch::Device& device)
{
    const ModelConfig config = ReadModelConfig(folder);
    const SafetensorsCheckpoint checkpoint(folder);
    auto network = std::make_unique<Transformer>(config, device);
    for (const ExpectedTensor& expected : GetExpectedTensors(config))
    {
        const TensorView& view = checkpoint.GetFloating(expected.name, expected.shape);
        at::Tensor weight = at::empty(expected.shape, at::kFloat);
        ToFloat(view.type, view.data, std::size_t(view.GetCount()), weight.data_ptr<float>());
        if (!at::isfinite(weight).all().item<bool>())
        {
            throw std::runtime_error(checkpoint.GetFile(expected.name) + ": tensor " +
                                     expected.name + " has a value that is not finite");
        }
        network->SetWeight(expected.name, weight);
        checkpoint.Release(expected.name);
    }
    return network;
}

void
SaveCheckpoint(const Transformer& network, const std::string& folder, DataType type)
{
    ModelConfig config = network.GetConfig();
    config.storedType = type;
    SafetensorsWriter writer(folder);
    for (const auto& [name, weight] : network.GetWeights())
    {
        writer.Declare(name, type, weight.sizes().vec());
    }
    for (const auto& [name, weight] : network.GetWeights())
    {
        const at::Tensor values = weight.detach().to(at::kCPU, at::kFloat).contiguous();
        writer.WriteFloats(name, values.data_ptr<float>(), std::size_t(values.numel()));
    }
    writer.Commit();
    WriteModelConfig(config, (std::filesystem::path(folder) / "config.json").string());
}

} // namespace ecld
