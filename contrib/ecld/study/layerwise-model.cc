/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "layerwise-model.h"

#include "base/interruption.h"
#include "base/progress-bar.h"
#include "calibrated-model.h"
#include "compress/layer-reader.h"
#include "compress/layerwise-quantization.h"
#include "compress/layerwise-scores.h"
#include "compress/layerwise-shape.h"
#include "compress/states-loss.h"
#include "model/tensor-names.h"
#include "model/torch-threads.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iomanip>
#include <sstream>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

/// Positions of a row of texts, and rows that go through a layer at once.
constexpr int64_t ROW_LENGTH = 512;
constexpr int64_t BATCH_ROWS = 4;

/// Shapes that are tried, each on one of so many rows: a try costs up to two passes.
constexpr std::size_t TRIED_SHAPES = 4;
constexpr int64_t TRIAL_SHARE = 8;

double
SecondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// @param bar shows it @return a progress callback that stops after Ctrl-C
std::function<void(int64_t, int64_t)>
Watch(base::ProgressBar& bar)
{
    return [&bar](int64_t done, int64_t) {
        bar.Show(done);
        if (base::InterruptionGuard::IsInterrupted())
        {
            throw base::Interruption("interrupted; the same command goes on where it stopped");
        }
    };
}

/// @param tokens at most @param config of the model @param share of the rows, one of so many
CalibrationSettings
MakeCalibration(int64_t tokens, const ModelConfig& config, int64_t share)
{
    CalibrationSettings settings;
    settings.length = std::min(ROW_LENGTH, config.maxPositions);
    settings.samples = std::max<int64_t>(1, tokens / settings.length / share);
    settings.rows = BATCH_ROWS;
    return settings;
}

/// One model on its way.
class LayerwiseModel
{
  public:
    LayerwiseModel(const LayerwisePlan& plan,
                   const SafetensorsCheckpoint& checkpoint,
                   const ModelConfig& config,
                   const Tokenizer& tokenizer)
        : m_plan(plan),
          m_checkpoint(checkpoint),
          m_config(config),
          m_corpus(ReadTexts(plan.texts, tokenizer, config, ROW_LENGTH)),
          m_texts(config, m_corpus, MakeCalibration(plan.tokens, config, 1)),
          m_folder(plan.folder)
    {
        m_report << std::fixed << std::setprecision(2);
    }

    /// @return scores by activations
    ImportanceScores Score()
    {
        TensorRows rows(m_checkpoint, m_config);
        base::ProgressBar bar("scores", m_config.layers, m_plan.progress);
        const auto start = std::chrono::steady_clock::now();
        ImportanceScores scores = ScoreLayerByLayer(rows, m_texts, m_folder, Watch(bar));
        m_report << "scores by activations, one layer at a time: " << m_texts.CountTargets()
                 << " tokens, " << SecondsSince(start) << " s\n";
        return scores;
    }

    /// @param scores of the full model @return the shape that fits and has the least loss
    PrunedShape Choose(const ImportanceScores& scores)
    {
        if (m_plan.countBytes(m_config) <= m_plan.budgetBytes)
        {
            m_report << "not pruned: it fits as it is\n";
            return GetShape(m_config);
        }
        const std::vector<PrunedShape> shapes = ListShapesByBudget(m_config,
                                                                   scores,
                                                                   m_plan.budgetBytes,
                                                                   m_plan.countBytes,
                                                                   m_plan.limits,
                                                                   TRIED_SHAPES);
        const CalibrationSet texts(m_config,
                                   m_corpus,
                                   MakeCalibration(m_plan.tokens, m_config, TRIAL_SHARE));
        base::ProgressBar bar("shapes", static_cast<int64_t>(shapes.size()), m_plan.progress);
        const auto start = std::chrono::steady_clock::now();
        const LayerwiseTrial trial = ChooseShapeByLoss(m_checkpoint,
                                                       m_config,
                                                       scores,
                                                       shapes,
                                                       texts,
                                                       m_folder,
                                                       LayerwiseSettings().ridge,
                                                       Watch(bar));
        m_report << "pruned by activations: " << trial.shape.layers << " of " << m_config.layers
                 << " layers, " << trial.shape.intermediateSize << " of "
                 << m_config.intermediateSize << " neurons, " << trial.shape.heads << " of "
                 << m_config.heads << " heads\n";
        if (!trial.losses.empty())
        {
            m_report << "that shape has the least loss on " << texts.CountTargets()
                     << " tokens of the texts of " << shapes.size() << ": "
                     << *std::min_element(trial.losses.begin(), trial.losses.end())
                     << " nats a token, " << SecondsSince(start) << " s\n";
        }
        return trial.shape;
    }

    /// @param scores of the full model @param shape what stays @param tokenizer of the model @param
    /// path of the file
    void Quantise(const ImportanceScores& scores,
                  const PrunedShape& shape,
                  const Tokenizer& tokenizer,
                  const std::string& path)
    {
        LayerwiseSettings settings;
        settings.stream = m_plan.stream;
        LayerwiseQuantization quantization(m_checkpoint,
                                           PlanPruning(m_config, scores, shape),
                                           m_texts,
                                           m_folder,
                                           m_folder,
                                           settings);
        base::ProgressBar bar("layers", shape.layers, m_plan.progress);
        const auto start = std::chrono::steady_clock::now();
        quantization.Run(Watch(bar));
        m_report << "refitted and quantised by activations: " << SecondsSince(start) << " s\n"
                 << "loss on the texts: " << MeasureFullLoss() << " nats a token, compressed "
                 << quantization.MeasureLoss() << "\n";
        quantization.Assemble(tokenizer, path);
    }

    /// @return what happened, in lines
    std::string GetReport() const
    {
        return m_report.str();
    }

  private:
    double MeasureFullLoss() const
    {
        TensorRows rows(m_checkpoint, m_config);
        LayerReader reader(rows);
        const at::Tensor output = reader.Read(m_config.tiedEmbeddings ? embeddingName : outputName);
        return MeasureStatesLoss(HiddenStates::Open(m_folder.GetFullStates(m_config.layers),
                                                    m_texts.GetLength(),
                                                    m_config.hiddenSize),
                                 m_texts,
                                 {reader.Read(finalNormName), output, m_config.rmsNormEpsilon});
    }

    const LayerwisePlan& m_plan;               //!< what to do
    const SafetensorsCheckpoint& m_checkpoint; //!< weights of the full model
    const ModelConfig& m_config;               //!< of the full model
    TokenCorpus m_corpus;                      //!< calibration texts
    CalibrationSet m_texts;                    //!< rows of them
    LayerwiseFolder m_folder;                  //!< of the files
    std::ostringstream m_report;               //!< what happened
};

} // namespace

std::string
CompressLayerwise(const LayerwisePlan& plan,
                  const SafetensorsCheckpoint& checkpoint,
                  const ModelConfig& config,
                  const Tokenizer& tokenizer,
                  const std::string& path)
{
    SetTorchThreads(plan.torchThreads);
    LayerwiseModel model(plan, checkpoint, config, tokenizer);
    ClaimFolder(plan.folder, plan.settings);
    const ImportanceScores scores = model.Score();
    const PrunedShape shape = model.Choose(scores);
    model.Quantise(scores, shape, tokenizer, path);
    fs::remove_all(plan.folder);
    return model.GetReport();
}

} // namespace ecld
