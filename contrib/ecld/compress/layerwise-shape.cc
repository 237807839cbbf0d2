/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "layerwise-shape.h"

#include "base/output-file.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

/// @param shape any @return name of its trial
std::string
GetTrialName(const PrunedShape& shape)
{
    std::ostringstream name;
    name << "trial-" << shape.layers << "-" << shape.hiddenSize << "-" << shape.intermediateSize
         << "-" << shape.heads << "-" << shape.keyValueHeads;
    return name.str();
}

/// @param path of a file @return the loss that it has, negative where it has none
double
ReadLoss(const fs::path& path)
{
    std::ifstream file(path);
    std::string text;
    return file >> text ? std::stod(text) : -1;
}

void
WriteLoss(const fs::path& path, double loss)
{
    std::ostringstream text;
    text << std::setprecision(std::numeric_limits<double>::max_digits10) << loss << "\n";
    base::WriteTextFile(path.string(), text.str());
}

} // namespace

LayerwiseTrial
ChooseShapeByLoss(const SafetensorsCheckpoint& checkpoint,
                  const ModelConfig& config,
                  const ImportanceScores& scores,
                  const std::vector<PrunedShape>& shapes,
                  const CalibrationSet& texts,
                  const LayerwiseFolder& full,
                  double ridge,
                  const std::function<void(int64_t, int64_t)>& progress)
{
    LayerwiseTrial trial{shapes.front(), {}};
    LayerwiseSettings settings;
    settings.ridge = ridge;
    settings.isStored = false;
    for (std::size_t i = 0; shapes.size() > 1 && i < shapes.size(); ++i)
    {
        const fs::path folder = fs::path(full.GetPath()) / GetTrialName(shapes[i]);
        const fs::path result = folder.string() + ".txt";
        double loss = ReadLoss(result);
        if (loss < 0)
        {
            LayerwiseQuantization model(checkpoint,
                                        PlanPruning(config, scores, shapes[i]),
                                        texts,
                                        full,
                                        LayerwiseFolder(folder.string()),
                                        settings);
            model.Run();
            loss = model.MeasureLoss();
            WriteLoss(result, loss);
            fs::remove_all(folder);
        }
        trial.losses.push_back(loss);
        if (progress)
        {
            progress(static_cast<int64_t>(i + 1), static_cast<int64_t>(shapes.size()));
        }
    }
    const auto least = std::min_element(trial.losses.begin(), trial.losses.end());
    if (least != trial.losses.end() && !std::isfinite(*least))
    {
        throw std::runtime_error("pruning: the loss on the calibration texts is no number for any "
                                 "shape that fits");
    }
    trial.shape = shapes.at(static_cast<std::size_t>(least - trial.losses.begin()));
    return trial;
}

} // namespace ecld
