/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The second pass over one layer at a time, against the whole model in memory and closed forms.

#include "compress/gguf-expansion.h"
#include "compress/input-products.h"
#include "compress/layer-reader.h"
#include "compress/layerwise-quantization.h"
#include "compress/layerwise-scores.h"
#include "compress/layerwise-shape.h"
#include "compress/mean-products.h"
#include "compress/pruned-model.h"
#include "compress/ridge-refit.h"
#include "compress/shape-trial.h"
#include "compress/staged-block.h"
#include "expect-error.h"
#include "model/tensor-names.h"
#include "model/transformer.h"
#include "random-model.h"
#include "small-model.h"
#include "temporary-folder.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <stdexcept>

namespace ecld
{

namespace
{

/// A checkpoint on disk, and its first pass.
struct FirstPass
{
    explicit FirstPass(Architecture architecture)
        : config(MakeSmallConfig(architecture, 96, 192)),
          model(folder / "model"),
          corpus(DrawTexts(config.vocabularySize, 60, 5)),
          checkpoint((WriteSharpCheckpoint(config, 3, model), model)),
          texts(config, corpus, calibration),
          files(folder / "work")
    {
        TensorRows rows(checkpoint, config);
        scores = ScoreLayerByLayer(rows, texts, files);
    }

    /// @param shape what stays @param settings how @param name of the file @return its path
    std::string Compress(const PrunedShape& shape,
                         const LayerwiseSettings& settings,
                         const std::string& name) const
    {
        const LayerwiseFolder work(folder / (name + "-work"));
        LayerwiseQuantization pass(checkpoint,
                                   PlanPruning(config, scores, shape),
                                   texts,
                                   files,
                                   work,
                                   settings);
        pass.Run();
        pass.Assemble(Tokenizer::Read(model), folder / name);
        return folder / name;
    }

    TemporaryFolder folder;                            //!< of all files
    ModelConfig config;                                //!< of the model
    std::string model;                                 //!< its folder
    TokenCorpus corpus;                                //!< texts
    SafetensorsCheckpoint checkpoint;                  //!< its weights
    CalibrationSettings calibration{{}, 11, 40, 4, 1}; //!< the last batch is not full
    CalibrationSet texts;                              //!< of both passes
    LayerwiseFolder files;                             //!< of the first pass
    ImportanceScores scores;                           //!< of the model
};

std::string
ReadFile(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class LayerwiseQuantizationTest : public testing::TestWithParam<Architecture>
{
};

TEST_P(LayerwiseQuantizationTest, SumsAreThoseOfTheWholeModel)
{
    const at::NoGradGuard noGrad;
    FirstPass pass(GetParam());
    const InputMetrics metrics =
        MeasureInputs(LanguageModel::Load(pass.model), pass.corpus, {11, 40, 1});
    TensorRows rows(pass.checkpoint, pass.config);
    LayerReader reader(rows);
    const auto expectProducts =
        [&](int64_t layer, const std::string& part, const at::Tensor& inputs) {
            const at::Tensor found = ComputeMeanProducts(inputs);
            const InputMetric& metric = *metrics.at(GetLayerTensorName(layer, part)).metric;
            const double mean = found.diagonal().mean().item<double>();
            for (int64_t i = 0; i < found.size(0); ++i)
            {
                for (int64_t j = 0; j < found.size(1); ++j)
                {
                    const double damping = i == j ? InputMetric::DAMPING * mean : 0;
                    const double size = std::sqrt((found[i][i] * found[j][j]).item<double>());
                    ASSERT_NEAR(found[i][j].item<double>() + damping,
                                metric.GetProducts(static_cast<std::size_t>(i))[j],
                                1e-6 * std::max(mean, size))
                        << part << " " << i << " " << j;
                }
            }
        };
    const int64_t layer = 1;
    const HiddenStates input = HiddenStates::Open(pass.files.GetFullStates(layer),
                                                  pass.texts.GetLength(),
                                                  pass.config.hiddenSize);
    StagedBlock block(TransformerBlock(pass.config, reader.ReadBlock(layer)), pass.texts, input);
    expectProducts(layer, "self_attn.k_proj", block.CollectAttentionInputs());
    block.Attend();
    expectProducts(layer, "self_attn.o_proj", block.CollectAttended());
    block.AddAttention();
    expectProducts(layer, "mlp.up_proj", block.CollectFeedForwardInputs());
    block.ComputeNeurons();
    expectProducts(layer, "mlp.down_proj", block.CollectNeurons());
}

TEST_P(LayerwiseQuantizationTest, WeightsThatAreKeptAreThoseOfTheCheckpoint)
{
    FirstPass pass(GetParam());
    PrunedShape shape = GetShape(pass.config);
    shape.intermediateSize = 128;
    shape.layers = 2;
    LayerwiseSettings settings;
    settings.stream.types.matrices = GgufType::F32;
    settings.ridge = 0;
    const std::string found = pass.Compress(shape, settings, "layerwise.gguf");
    const std::string expected = pass.folder / "streamed.gguf";
    TensorRows rows(pass.checkpoint, pass.config, PlanPruning(pass.config, pass.scores, shape));
    StreamGguf(rows, Tokenizer::Read(pass.model), settings.stream, expected);
    EXPECT_TRUE(ReadFile(found) == ReadFile(expected));
}

TEST_P(LayerwiseQuantizationTest, PredictsTheTextsAsWellAsTheWholeModelsPath)
{
    FirstPass pass(GetParam());
    PrunedShape shape = GetShape(pass.config);
    shape.hiddenSize = 64;
    shape.intermediateSize = 128;
    const PruningPlan plan = PlanPruning(pass.config, pass.scores, shape);
    LayerwiseSettings settings;
    settings.stream.types.matrices = GgufType::Q8_0;
    const std::string path = pass.Compress(shape, settings, "layerwise.gguf");
    ExpandGguf(path, plan.config, pass.folder / "expanded");
    const LanguageModel full = LanguageModel::Load(pass.model);
    RefitSettings refit;
    refit.calibration = pass.calibration;
    const double whole =
        MeasureLoss(PruneAndRefit(full, plan, pass.corpus, refit), pass.corpus, pass.calibration);
    const double found =
        MeasureLoss(LanguageModel::Load(pass.folder / "expanded"), pass.corpus, pass.calibration);
    EXPECT_LE(found, 1.02 * whole);

    // What it says of its loss is the loss of the file.
    LayerwiseQuantization again(pass.checkpoint,
                                plan,
                                pass.texts,
                                pass.files,
                                LayerwiseFolder(pass.folder / "layerwise.gguf-work"),
                                settings);
    again.Run(); // nothing is left to do
    EXPECT_NEAR(again.MeasureLoss(), found, 1e-5 * found);
}

INSTANTIATE_TEST_SUITE_P(Architectures,
                         LayerwiseQuantizationTest,
                         testing::Values(Architecture::LLAMA,
                                         Architecture::QWEN3,
                                         Architecture::MISTRAL));

TEST(LayerwiseResumeTest, GoesOnToTheSameBytes)
{
    FirstPass pass(Architecture::LLAMA);
    PrunedShape shape = GetShape(pass.config);
    shape.intermediateSize = 128;
    shape.layers = 2;
    pass.scores.layers = {1, 0.5, 2}; // the one in the middle goes
    LayerwiseSettings settings;
    settings.stream.types.matrices = GgufType::Q4_1;
    const std::string whole = pass.Compress(shape, settings, "whole.gguf");
    for (const int64_t last : {1, 2})
    {
        const std::string name = "stopped-" + std::to_string(last);
        LayerwiseQuantization stopped(pass.checkpoint,
                                      PlanPruning(pass.config, pass.scores, shape),
                                      pass.texts,
                                      pass.files,
                                      LayerwiseFolder(pass.folder / (name + "-work")),
                                      settings);
        const auto stop = [&](int64_t done, int64_t) {
            if (done == last)
            {
                throw std::runtime_error("stopped");
            }
        };
        ExpectError<std::runtime_error>([&] { stopped.Run(stop); }, {"stopped"});
        EXPECT_TRUE(ReadFile(pass.Compress(shape, settings, name)) == ReadFile(whole)) << last;
    }
}

TEST(LayerwiseShapeTest, LossesAreThoseOfThePrunedModels)
{
    FirstPass pass(Architecture::MISTRAL);
    PrunedShape narrow = GetShape(pass.config);
    narrow.intermediateSize = 64;
    PrunedShape shallow = GetShape(pass.config);
    shallow.layers = 1;
    const std::vector<PrunedShape> shapes{shallow, narrow};
    const LayerwiseTrial trial = ChooseShapeByLoss(pass.checkpoint,
                                                   pass.config,
                                                   pass.scores,
                                                   shapes,
                                                   pass.texts,
                                                   pass.files,
                                                   0);
    TrialSettings settings;
    settings.refit.calibration = pass.calibration;
    settings.isRefitted = false;
    const TriedModel whole =
        PruneByLoss(LanguageModel::Load(pass.model), pass.scores, shapes, pass.corpus, settings);
    ASSERT_EQ(trial.losses.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i)
    {
        EXPECT_NEAR(trial.losses[i], whole.losses[i], 1e-5 * whole.losses[i]);
    }
    EXPECT_EQ(trial.shape.layers, whole.shape.layers);
    EXPECT_EQ(trial.shape.intermediateSize, whole.shape.intermediateSize);
    // The refit lowers the loss, and what was tried without it does not count.
    std::filesystem::remove_all(pass.files.GetPath() + "/trial-1-96-192-4-2.txt");
    std::filesystem::remove_all(pass.files.GetPath() + "/trial-3-96-64-4-2.txt");
    const LayerwiseTrial refitted = ChooseShapeByLoss(pass.checkpoint,
                                                      pass.config,
                                                      pass.scores,
                                                      shapes,
                                                      pass.texts,
                                                      pass.files,
                                                      0.01);
    EXPECT_LT(refitted.losses[1], trial.losses[1]);
}

TEST(RefitRowsTest, SolvesTheNormalEquations)
{
    at::manual_seed(5);
    const auto options = at::TensorOptions(at::kFloat);
    for (const int64_t positions : {20, 90}) // fewer than columns, and more
    {
        const at::Tensor weight = at::randn({7, 40}, options);
        const at::Tensor inputs = at::randn({positions, 40}, options);
        const at::Tensor targets = at::randn({positions, 7}, options);
        const double ridge = 0.03;
        const at::Tensor found = RefitRows(weight, inputs, targets, ridge).to(at::kDouble);
        // Where the gradient is zero: X^T (X V^T - T) + lambda (V - W)^T.
        const at::Tensor x = inputs.to(at::kDouble);
        const at::Tensor lambda = ridge * x.square().sum(0).mean();
        const at::Tensor gradient =
            at::matmul(x.t(), at::matmul(x, found.t()) - targets.to(at::kDouble)) +
            lambda * (found - weight.to(at::kDouble)).t();
        EXPECT_LT(gradient.abs().max().item<double>(), 1e-3) << positions;
    }
    const at::Tensor weight = at::randn({7, 40}, options);
    EXPECT_TRUE(RefitRows(weight, at::zeros({9, 40}), at::ones({9, 7}), 0.1).equal(weight));
    ExpectError<std::invalid_argument>(
        [&] {
            RefitRows(weight, at::ones({9, 40}), at::ones({9, 7}), 0);
        },
        {"ridge"});
}

TEST(MeanProductsTest, WideOnesAreMadeOfSquares)
{
    at::manual_seed(6);
    const at::Tensor inputs = at::randn({50, 2100}, at::TensorOptions(at::kFloat));
    const at::Tensor x = inputs.to(at::kDouble);
    const at::Tensor expected = at::matmul(x.t(), x) / 50;
    const at::Tensor found = ComputeMeanProducts(inputs);
    EXPECT_EQ(found.scalar_type(), at::kFloat);
    EXPECT_LT((found - expected).abs().max().item<double>(), 1e-6 * 5);
    EXPECT_TRUE(found.allclose(found.t(), 1e-6, 1e-6));
}

} // namespace

} // namespace ecld
