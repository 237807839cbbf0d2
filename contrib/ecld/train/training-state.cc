/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "training-state.h"

#include "base/output-file.h"

#include <ATen/core/grad_mode.h>
#include <filesystem>
#include <stdexcept>
#include <torch/serialize/archive.h>

namespace ecld
{

namespace
{

std::string
GetKey(std::size_t place)
{
    return "weight" + std::to_string(place); // names with dots would be modules to the archive
}

} // namespace

void
WriteTrainingState(const std::string& path,
                   const std::string& fingerprint,
                   const Transformer& network,
                   const torch::optim::AdamW& optimiser,
                   const TrainingPosition& position)
{
    torch::serialize::OutputArchive archive;
    archive.write("fingerprint", c10::IValue(fingerprint));
    archive.write("step", c10::IValue(position.step));
    archive.write("losses", c10::IValue(c10::List<double>(position.losses)));
    for (std::size_t place = 0; place < network.GetWeights().size(); ++place)
    {
        archive.write(GetKey(place), network.GetWeights()[place].second.detach().cpu());
    }
    torch::serialize::OutputArchive optimiserArchive(archive.compilation_unit());
    optimiser.save(optimiserArchive);
    archive.write("optimiser", optimiserArchive);

    base::OutputFile file(path);
    archive.save_to(file.GetStream());
    file.Commit();
}

TrainingPosition
ReadTrainingState(const std::string& path,
                  const std::string& fingerprint,
                  Transformer& network,
                  torch::optim::AdamW& optimiser)
{
    TrainingPosition position;
    if (path.empty() || !std::filesystem::exists(path))
    {
        return position;
    }
    std::string written;
    try
    {
        torch::serialize::InputArchive archive;
        archive.load_from(path, network.GetDevice()); // moments must be where the weights are
        c10::IValue value;
        archive.read("fingerprint", value);
        written = value.toStringRef();
        if (written == fingerprint)
        {
            archive.read("step", value);
            position.step = value.toInt();
            archive.read("losses", value);
            position.losses = value.toDoubleVector();
            at::NoGradGuard noGrad;
            for (std::size_t place = 0; place < network.GetWeights().size(); ++place)
            {
                at::Tensor stored;
                archive.read(GetKey(place), stored);
                at::Tensor weight = network.GetWeights()[place].second;
                weight.copy_(stored);
            }
            torch::serialize::InputArchive optimiserArchive;
            archive.read("optimiser", optimiserArchive);
            optimiser.load(optimiserArchive);
        }
    }
    catch (const c10::Error& error)
    {
        throw std::runtime_error(path + ": not the state of a training (" +
                                 error.what_without_backtrace() + "); remove it to start afresh");
    }
    if (written != fingerprint)
    {
        throw std::runtime_error(path + ": is the state of a training with other settings, texts " +
                                 "or first weights; remove it to start afresh");
    }
    return position;
}

} // namespace ecld
