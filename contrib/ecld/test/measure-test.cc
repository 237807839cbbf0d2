/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Metrics against closed forms, the paper's Table I and Example 1, and a made-up powercap tree.

#include "measure/answer-match.h"
#include "measure/device-model.h"
#include "measure/efficiency-score.h"
#include "measure/energy-meter.h"
#include "measure/hallucination.h"
#include "measure/interval.h"
#include "measure/semantic-agreement.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <thread>

using namespace ecld;

namespace
{

TEST(IntervalTest, CoversTheMeanOfABinomial)
{
    // 300 answers, 180 right: the normal approximation gives 0.6 +- 0.0554.
    std::vector<double> samples(300, 0);
    std::fill_n(samples.begin(), 180, 1);
    const Interval interval = BootstrapMean(samples, 7, 4000);
    EXPECT_DOUBLE_EQ(interval.mean, 0.6);
    EXPECT_NEAR(interval.low, 0.6 - 0.0554, 0.008);
    EXPECT_NEAR(interval.high, 0.6 + 0.0554, 0.008);
    EXPECT_EQ(BootstrapMean(samples, 7, 4000).low, interval.low);
    EXPECT_THROW(BootstrapMean({}), std::invalid_argument);
}

TEST(IntervalTest, ResamplesByGroup)
{
    // 300 questions in two wordings that always agree are 300 samples, not 600.
    std::vector<double> samples(600, 0);
    std::fill_n(samples.begin(), 360, 1);
    std::vector<int64_t> groups(600);
    for (std::size_t i = 0; i < groups.size(); ++i)
    {
        groups[i] = 7 + static_cast<int64_t>(i / 2);
    }
    EXPECT_EQ(CountGroups(groups), 300U);
    const Interval interval = BootstrapGroupedMean(samples, groups, 7, 4000);
    EXPECT_DOUBLE_EQ(interval.mean, 0.6);
    EXPECT_NEAR(interval.low, 0.6 - 0.0554, 0.008);
    EXPECT_NEAR(interval.high, 0.6 + 0.0554, 0.008);
    EXPECT_GT(BootstrapMean(samples, 7, 4000).low, 0.6 - 0.045); // 0.0392 by the formula
    // A group is drawn whole: one of 1, 1, 1 and one of 0 have means 0, 3 / 4 and 1.
    const Interval two = BootstrapGroupedMean({1, 0, 1, 1}, {5, 9, 5, 5}, 1, 400);
    EXPECT_DOUBLE_EQ(two.mean, 0.75);
    EXPECT_DOUBLE_EQ(two.low, 0);
    EXPECT_DOUBLE_EQ(two.high, 1);
    EXPECT_THROW(BootstrapGroupedMean({1, 2}, {1}), std::invalid_argument);
    EXPECT_THROW(BootstrapGroupedMean({}, {}), std::invalid_argument);
}

TEST(AnswerTest, NormalizesAsReasoningOnGraphs)
{
    EXPECT_EQ(NormalizeAnswer("  The U.S.A., and\ta   Dog! "), "usa and dog");
    EXPECT_EQ(NormalizeAnswer("S\xC3\xA3o Tom\xC3\xA9"), "s\xC3\xA3o tom\xC3\xA9");
    EXPECT_EQ(NormalizeAnswer("The."), "");
}

TEST(AnswerTest, ScoresContainment)
{
    const AnswerScore inside = ScoreAnswer("It is Austria.", {"US"});
    EXPECT_TRUE(inside.hit); // (23) counts it, the whole word does not
    EXPECT_FALSE(inside.wordHit);
    const AnswerScore half = ScoreAnswer("Paris, of course", {"paris", "Lyon"});
    EXPECT_TRUE(half.hit);
    EXPECT_TRUE(half.wordHit);
    EXPECT_DOUBLE_EQ(half.share, 0.5);
    EXPECT_FALSE(ScoreAnswer("anything", {"..."}).hit); // nothing is left of it
    EXPECT_FALSE(ScoreAnswer("", {"Paris"}).hit);
    EXPECT_THROW(ScoreAnswer("Paris", {}), std::invalid_argument);
}

TEST(HallucinationTest, SplitsSentences)
{
    EXPECT_EQ(SplitSentences("One. Two 3.5 m! Three?\nFour\n\n").size(), 4U);
    EXPECT_TRUE(SplitSentences(" \n .").empty());
    EXPECT_EQ(
        SplitSentences("St. John's has J. r. Smith and J.R.R. Lee. Dr. Who met King Jr. in plan B.")
            .size(),
        2U);
    EXPECT_EQ(SplitSentences("He was in St. George's. It is ST. So it ends. Stop").size(), 4U);
}

TEST(HallucinationTest, FindsCodesAsTheyAreWrittenAndNamesInAnyCase)
{
    const ValueFinder finder("The three-letter code of Israel is ISR, in WEST africa (1886-1901).");
    EXPECT_TRUE(finder.Names("ISR"));
    EXPECT_FALSE(finder.Names("IS")); // neither "is" nor a part of ISR
    EXPECT_FALSE(finder.Names("isr"));
    EXPECT_TRUE(finder.Names("West Africa"));
    EXPECT_FALSE(finder.Names("Frica"));
    EXPECT_TRUE(finder.Names("1886"));
    EXPECT_FALSE(finder.Names("901"));
    EXPECT_FALSE(finder.Names(""));
}

TEST(HallucinationTest, ChecksFacts)
{
    const KnownFacts facts{{"Paris", "FR"}, {"Rome", "Madrid", "IT"}};
    const FactCheck check =
        CheckFacts("The capital is Paris. Its code is IT. It is nice. Not Rome but Paris.", facts);
    EXPECT_EQ(check.sentences, 4);
    EXPECT_EQ(check.consistent, 1);
    EXPECT_EQ(check.contradicted, 2);
    EXPECT_EQ(CheckFacts("", facts).sentences, 1);
    EXPECT_EQ(CheckFacts("", facts).consistent, 0);
}

TEST(HallucinationTest, SelfCheckIsZeroForOneWordAndGrowsWithDisagreement)
{
    // Two words, each half of all: -log 1/2.
    EXPECT_NEAR(ScoreSelfCheckUnigram("rome paris", {"paris rome"}), std::log(2), 1e-12);
    EXPECT_NEAR(ScoreSelfCheckUnigram("paris", {"paris", "paris"}), 0, 1e-12);
    // One of three words: -log 1/3.
    EXPECT_NEAR(ScoreSelfCheckUnigram("paris", {"rome", "madrid"}), std::log(3), 1e-12);
    // The mean over sentences of the mean over words: (log 4/3 + (log 4/3 + log 4) / 2) / 2.
    EXPECT_NEAR(ScoreSelfCheckUnigram("Paris. Paris rome.", {"paris"}),
                (1.5 * std::log(4.0 / 3) + 0.5 * std::log(4)) / 2,
                1e-12);
}

TEST(SemanticTest, IsEquationsTwentySixAndTwentySeven)
{
    const std::vector<std::vector<float>> reference{{1, 0}, {0, 2}, {3, 3}};
    const SemanticAgreement same = CompareAnswers(reference, reference);
    EXPECT_NEAR(same.accuracy, 1, 1e-12);
    EXPECT_DOUBLE_EQ(same.hallucination, 0);
    // Cosines 1, -1, 1 / sqrt 2.
    const SemanticAgreement other = CompareAnswers(reference, {{2, 0}, {0, -1}, {1, 0}}, 0.75);
    EXPECT_NEAR(other.accuracy, (1 - 1 + std::sqrt(0.5)) / 3, 1e-7);
    EXPECT_NEAR(other.hallucination, 2.0 / 3, 1e-12);
    // A token without a partner has similarity 0.
    const SemanticAgreement shorter = CompareAnswers(reference, {{1, 0}});
    EXPECT_NEAR(shorter.accuracy, 1.0 / 3, 1e-12);
    EXPECT_NEAR(shorter.hallucination, 2.0 / 3, 1e-12);
    EXPECT_THROW(CompareAnswers({{1, 0}}, {{1}}), std::invalid_argument);
    // A similarity of gamma is not below it.
    EXPECT_EQ(CompareAnswers({{1, 0}}, {{2, 0}}, 1).hallucination, 0);
}

TEST(EfficiencyTest, EcldIsBestOnTableOneForLlama)
{
    // Table I of arXiv:2602.13628, Llama-3.1-8B; figure 6 has ECLD ahead on both scores.
    const std::vector<MethodMeasures> methods{{.77, 70.30, 15316.53, .24},
                                              {.82, 24.99, 4308.13, .13},
                                              {.70, 30.76, 13236.46, .27},
                                              {.85, 62.11, 13236.46, .20},
                                              {.65, 59.05, 3336.18, .12}};
    const auto scores = ScoreEfficiency(methods);
    for (std::size_t i = 0; i + 1 < scores.size(); ++i)
    {
        EXPECT_GT(scores.back().hallucinationAware, scores[i].hallucinationAware);
        EXPECT_GT(scores.back().accuracyAware, scores[i].accuracyAware);
    }
    // By hand: 1 - .65 / .85, 1 - 3336.18 / 15316.53, 1 - .12 / .27.
    EXPECT_NEAR(scores.back().hallucinationAware,
                3 / (1 / 0.235294 + 1 / 0.782184 + 1 / 0.555556),
                1e-5);
}

TEST(EfficiencyTest, TheWorstOfACostScoresZero)
{
    const auto scores = ScoreEfficiency({{.5, 1, 10, 1}, {1, .5, 5, .5}});
    EXPECT_EQ(scores[0].accuracyAware, 0);
    EXPECT_EQ(scores[1].hallucinationAware, 0);
    EXPECT_NEAR(scores[1].accuracyAware, 0.5, 1e-12);
}

/// A powercap tree of two packages with their overlapping zones.
class PowercapTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        std::filesystem::remove_all(m_root);
        AddZone("intel-rapl:0", "package-0", 990);
        AddZone("intel-rapl:0:0", "core", 500);
        AddZone("intel-rapl:0:1", "dram", 100);
        AddZone("intel-rapl:1", "psys", 5000);
        AddZone("intel-rapl-mmio:0", "package-0", 990);
    }

    void TearDown() override
    {
        std::filesystem::remove_all(m_root);
    }

    void AddZone(const std::string& folder, const std::string& name, double energyUj) const
    {
        std::filesystem::create_directories(m_root / folder);
        std::ofstream(m_root / folder / "name") << name << '\n';
        std::ofstream(m_root / folder / "max_energy_range_uj") << 1000 << '\n';
        std::ofstream(m_root / folder / "energy_uj") << energyUj << '\n';
    }

    const std::filesystem::path m_root{std::filesystem::temp_directory_path() /
                                       ("ecld-powercap-" + std::to_string(std::random_device()()))};
};

TEST_F(PowercapTest, SumsPackagesAndDramAndFollowsAWrap)
{
    const EnergyMeter meter({m_root.string(), 0});
    ASSERT_TRUE(meter.HasRapl());
    EXPECT_EQ(meter.GetCounterFiles(),
              (std::vector<std::string>{m_root / "intel-rapl:0" / "energy_uj",
                                        m_root / "intel-rapl:0:1" / "energy_uj"}));
    EXPECT_NEAR(meter.CountEnergyJ({100, 20}, {160, 50}), 1e-6 * (60 + 30), 1e-12);
    // From 990 to 1000, where it wraps, and 40 more; the sum of both goes down.
    EXPECT_NEAR(meter.CountEnergyJ({990, 100}, {40, 170}), 1e-6 * (50 + 70), 1e-12);
    // The sum goes up, though one wraps.
    EXPECT_NEAR(meter.CountEnergyJ({990, 0}, {40, 999}), 1e-6 * (50 + 999), 1e-12);
    EXPECT_THROW(meter.CountEnergyJ({1}, {2}), std::invalid_argument);
}

TEST_F(PowercapTest, FallsBackOnTheModelAndSaysSo)
{
    const EnergyMeter meter({(m_root / "missing").string(), 40});
    EXPECT_FALSE(meter.HasRapl());
    EXPECT_NE(meter.Describe().find("model"), std::string::npos);
    // Never below a tenth of the TDP, never above it.
    EXPECT_DOUBLE_EQ(meter.ModelEnergyJ(2, 0), 8);
    EXPECT_DOUBLE_EQ(meter.ModelEnergyJ(2, 1e9), 80);
    EXPECT_DOUBLE_EQ(meter.ModelEnergyJ(0, 1), 0);
    // Half of all threads busy for 2 s of 40 W.
    const double threads = std::max(1U, std::thread::hardware_concurrency());
    EXPECT_DOUBLE_EQ(meter.ModelEnergyJ(2, 0.5 * 2 * threads), 40);
    // 4 W a thread where nothing is said.
    const EnergyMeter unknown({(m_root / "missing").string(), 0});
    EXPECT_DOUBLE_EQ(unknown.ModelEnergyJ(1, 1e9), 4 * threads);
}

TEST(DeviceTest, RooflineMeetsExampleOne)
{
    const std::string folder = LLM_MEC_DEVICES_DIR;
    const double parameters = 8.03e9; // Llama-3-8B
    const auto rate = [&](const std::string& name, double bitsPerWeight) {
        const DeviceModel device = ReadDeviceModel(folder + "/" + name + ".json");
        const ModelledCost cost =
            ModelCost(device, {parameters * bitsPerWeight / 8, parameters}, 100);
        EXPECT_TRUE(cost.fits) << name;
        return 1 / cost.generationPerTokenS;
    };
    // With the 0.5 bits that two halves every 32 weights, or one, add.
    EXPECT_GE(rate("phone", 5), 2);
    EXPECT_LE(rate("phone", 5), 3);
    EXPECT_GE(rate("laptop", 8.5), 8);
    EXPECT_LE(rate("laptop", 8.5), 10);
}

TEST(DeviceTest, ReadsOurDevicesAndRefusesOthers)
{
    for (const std::string name : {"phone", "jetson-nano", "laptop", "edge-server"})
    {
        const DeviceModel device =
            ReadDeviceModel(std::string(LLM_MEC_DEVICES_DIR) + "/" + name + ".json");
        EXPECT_EQ(device.name, name);
        EXPECT_GT(device.GetPowerW(), 0);
    }
    EXPECT_THROW(ReadDeviceModel("no-such-file"), std::runtime_error);
    // The energy (15) needs a clock, which a GPU has not.
    EXPECT_THROW(ReadDeviceModel(LLM_MEC_DEVICES_DIR "/rtx4090.json"), std::runtime_error);
}

TEST(DeviceTest, APromptIsBoundByComputing)
{
    DeviceModel device;
    device.memoryBytes = 1e9;
    device.memoryBytesPerS = 1e10;
    device.peakFlops = 1e11;
    device.frequencyHz = 1e9;
    device.energyCoefficient = 1e-27;
    const ModelledCost cost = ModelCost(device, {5e8, 1e9}, 100, 1);
    EXPECT_DOUBLE_EQ(cost.generationPerTokenS, 0.05);
    EXPECT_DOUBLE_EQ(cost.promptPerTokenS, 0.02);
    EXPECT_DOUBLE_EQ(cost.generationPerTokenJ, 0.05); // 1 W
    EXPECT_TRUE(cost.fits);
    EXPECT_DOUBLE_EQ(cost.promptPerTokenJ, 0.02);
    EXPECT_FALSE(ModelCost(device, {1.1e9, 1e9}, 100, 1).fits);
    // Half of the rates, twice the time.
    EXPECT_DOUBLE_EQ(ModelCost(device, {5e8, 1e9}, 100, 0.5).promptPerTokenS, 0.04);
}

} // namespace
