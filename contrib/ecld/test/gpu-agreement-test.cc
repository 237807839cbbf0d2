/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "compress/importance.h"
#include "compress/pruned-model.h"
#include "model/generation.h"
#include "small-model.h"
#include "temporary-folder.h"
#include "train/distillation.h"

#include <functional>
#include <gtest/gtest.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace ecld
{

namespace
{

/// The same weights and texts on a GPU and on the CPU, which is the reference; skipped where
/// LibTorch sees no GPU.
class GpuAgreement : public testing::TestWithParam<Architecture>
{
  protected:
    void SetUp() override
    {
        try
        {
            LanguageModel::CheckDevice("cuda");
        }
        catch (const std::invalid_argument& error)
        {
            GTEST_SKIP() << error.what();
        }
        m_onCpu = Load("cpu");
        m_onGpu = Load("cuda");
    }

    LanguageModel Load(const std::string& device) const
    {
        const TemporaryFolder folder;
        const ModelConfig config = MakeSmallConfig(GetParam());
        MakeModel(config, DrawWeights(config, 4)).Save(folder.GetPath(), DataType::F32);
        return LanguageModel::Load(folder.GetPath(), device);
    }

    /// @param change the same change of both models @return largest difference of their logits
    double Compare(const std::function<LanguageModel(const LanguageModel&)>& change) const
    {
        const std::vector<int32_t>& text = m_corpus.documents.front();
        return GetLargestDifference(ComputeLogits(change(*m_onCpu), text),
                                    ComputeLogits(change(*m_onGpu), text));
    }

    TokenCorpus m_corpus{DrawTexts(50, 40, 9)}; //!< short texts
    std::optional<LanguageModel> m_onCpu;       //!< the reference
    std::optional<LanguageModel> m_onGpu;       //!< what is tested
};

TrainingSettings
MakeTraining()
{
    TrainingSettings training;
    training.steps = 20;
    training.rows = 4;
    training.length = 32;
    training.warmupSteps = 5;
    training.precision = Precision::FLOAT32;
    training.progress = false;
    return training;
}

TEST_P(GpuAgreement, Logits)
{
    EXPECT_LT(Compare([](const LanguageModel& model) { return model.Clone(); }), 1e-4);
}

TEST_P(GpuAgreement, Likelihood)
{
    const double onCpu = MeasureLikelihood(*m_onCpu, m_corpus).GetPerplexity();
    EXPECT_NEAR(MeasureLikelihood(*m_onGpu, m_corpus).GetPerplexity() / onCpu, 1, 1e-4);
}

TEST_P(GpuAgreement, Scores)
{
    for (const ImportanceMethod method : {ImportanceMethod::ACTIVATION, ImportanceMethod::TAYLOR})
    {
        CalibrationSettings settings;
        settings.method = method;
        settings.samples = 16;
        settings.length = 32;
        settings.rows = 4;
        const ImportanceScores onCpu = Calibrate(*m_onCpu, m_corpus, settings);
        const ImportanceScores onGpu = Calibrate(*m_onGpu, m_corpus, settings);
        ASSERT_EQ(onGpu.channels.size(), onCpu.channels.size());
        for (std::size_t i = 0; i < onCpu.channels.size(); ++i)
        {
            EXPECT_NEAR(onGpu.channels[i] / onCpu.channels[i], 1, 1e-3);
        }
        ASSERT_EQ(onGpu.neurons.size(), onCpu.neurons.size());
        for (std::size_t i = 0; i < onCpu.neurons[0].size(); ++i)
        {
            EXPECT_NEAR(onGpu.neurons[0][i] / onCpu.neurons[0][i], 1, 1e-3);
        }
    }
}

TEST_P(GpuAgreement, PruningAndRefit)
{
    const ModelConfig& config = m_onCpu->GetConfig();
    PrunedShape shape = GetShape(config);
    shape.intermediateSize = 48;
    const PruningPlan plan = PlanPruning(config, DrawScores(config, 1), shape);
    RefitSettings settings;
    settings.calibration.samples = 16;
    settings.calibration.length = 32;
    settings.calibration.rows = 4;
    EXPECT_LT(Compare([&](const LanguageModel& model) {
                  return PruneAndRefit(model, plan, m_corpus, settings);
              }),
              1e-3);
}

TEST_P(GpuAgreement, Training)
{
    EXPECT_LT(Compare([&](const LanguageModel& model) {
                  LanguageModel trained = model.Clone();
                  Train(trained, m_corpus, MakeTraining());
                  return trained;
              }),
              0.02);
}

TEST_P(GpuAgreement, Distillation)
{
    DistillationSettings settings;
    settings.training = MakeTraining();
    settings.temperature = 2;
    EXPECT_LT(Compare([&](const LanguageModel& model) {
                  LanguageModel student = model.Clone();
                  Train(student, m_corpus, MakeTraining());
                  Distill(student, model, m_corpus, settings);
                  return student;
              }),
              0.02);
}

TEST_P(GpuAgreement, TrainingInBfloat16LearnsAsWell)
{
    TrainingSettings settings = MakeTraining();
    settings.steps = 200;
    const double whole = Train(*m_onGpu, m_corpus, settings).lastLoss;
    LanguageModel narrow = Load("cuda");
    settings.precision = Precision::BFLOAT16;
    EXPECT_NEAR(Train(narrow, m_corpus, settings).lastLoss, whole, 0.05 * whole);
}

TEST_P(GpuAgreement, SavedWeightsAreReadBackByTheCpu)
{
    const TemporaryFolder folder;
    m_onGpu->Save(folder.GetPath(), DataType::F32);
    EXPECT_EQ(GetWeights(LanguageModel::Load(folder.GetPath())), GetWeights(*m_onCpu));
}

INSTANTIATE_TEST_SUITE_P(Architectures,
                         GpuAgreement,
                         testing::Values(Architecture::LLAMA, Architecture::QWEN3),
                         [](const testing::TestParamInfo<Architecture>& info) {
                             return std::string(GetName(info.param));
                         });

} // namespace

} // namespace ecld
