/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "llm-profile-documents.h"

#include "ns3/double.h"
#include "ns3/llm-device.h"
#include "ns3/llm-model-shape.h"
#include "ns3/llm-roofline-step-time-model.h"
#include "ns3/llm-serving.h"
#include "ns3/llm-step-energy-model.h"
#include "ns3/llm-step-time-compute-model.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

const std::string DATA = LLM_MEC_DATA_DIR; //!< folder of the module's data

/// @param name of data/serving @return its step times, without overhead
Ptr<CoefficientStepTimeModel>
Measured(const std::string& name)
{
    auto model = CreateObject<CoefficientStepTimeModel>();
    model->SetAttribute("File", StringValue(DATA + "/serving/" + name + ".json"));
    model->SetAttribute("StepOverhead", TimeValue(Seconds(0)));
    return model;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of step times and energies; each runs one of the checks below.
 */
class LlmStepTimeTestCase : public TestCase
{
  public:
    using Check = void (LlmStepTimeTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmStepTimeTestCase(const std::string& name, Check check)
        : TestCase("LLM step time: " + name),
          m_check(check)
    {
    }

    /// Decodes and verifications of n sequences with a context of 1024 tokens, as another program
    /// (Python) gave them from the same numbers, ms.
    void CheckTable()
    {
        struct Row
        {
            const char* name;
            int n;
            std::vector<double> ms; // decode, then 1, 2, 4, 8 and 15 drafts
        };

        const std::vector<Row> rows = {
            {"rtx4090-llama-3.1-8b", 1, {17.2, 17.4, 17.5, 17.6, 17.7, 18.1}},
            {"rtx4090-llama-3.1-8b", 8, {18.5, 20.5, 20.8, 21.5, 22.9, 25.4}},
            {"rtx4090-llama-3.1-8b", 32, {23.0, 31.0, 32.4, 35.2, 47.2, 60.1}},
            {"rtx4090-llama-3.1-8b", 128, {41.0, 72.8, 81.3, 105.8, 154.7, 240.4}},
            {"rtxpro6000-llama-3.1-8b", 8, {12.1, 12.9, 13.0, 13.4, 14.0, 15.2}},
            {"rtxpro6000-llama-3.1-8b", 32, {14.7, 17.9, 18.6, 19.9, 22.5, 27.4}},
            {"rtxpro6000-llama-3.1-8b", 128, {25.4, 38.0, 40.7, 49.1, 71.1, 109.7}},
        };
        const std::vector<double> drafts = {0, 1, 2, 4, 8, 15};
        for (const Row& row : rows)
        {
            const auto model = Measured(row.name);
            for (std::size_t i = 0; i < drafts.size(); ++i)
            {
                const double tokens = drafts[i] + 1;
                // The table counts the token of a decode as part of its context.
                const double context = drafts[i] == 0 ? 1023 : 1024;
                const std::vector<LlmStepQuery> queries(row.n, {tokens, context, tokens});
                NS_TEST_EXPECT_MSG_EQ_TOL(1e3 * model->GetStepTimeS(queries),
                                          row.ms[i],
                                          0.051,
                                          row.name << ", " << row.n << " sequences, " << drafts[i]
                                                   << " drafts");
            }
        }
    }

    /// The parts of the law, by hand with round numbers.
    void CheckParts()
    {
        LlmStepTimeLaw law;
        law.weightsUs = 1000;
        law.activationUsPerToken = 1;
        law.gemmUsPerToken = 10;
        law.sequenceUs = 2;
        law.prefillAttentionUsPerPair = 0.01;
        law.decodeKvUsPerToken = 0.1;
        law.multiQueryKvUsPerToken = 0.5;
        law.tileTokens = 64;
        const auto us = [&law](const std::vector<LlmStepQuery>& queries) {
            return 1e6 * law.GetTimeS(queries);
        };
        NS_TEST_EXPECT_MSG_EQ(us({}), 0, "nothing");
        // Weights 1001, one row 2, 100 tokens of context with its own.
        NS_TEST_EXPECT_MSG_EQ_TOL(us({{1, 99, 1}}), 1001 + 2 + 10, 1e-9, "a decode");
        // Two tiles of 64 tokens; 100 tokens among themselves are 5000 pairs.
        NS_TEST_EXPECT_MSG_EQ_TOL(us({{100, 0, 1}}), 1280 + 2 + 50, 1e-9, "a prompt");
        // 2 * (1000 + 1) pairs take less than reading 1000 tokens of context.
        NS_TEST_EXPECT_MSG_EQ_TOL(us({{2, 1000, 2}}), 1002 + 4 + 500, 1e-9, "a short chunk");
        // Beside a chunk a decode reads its context five times slower.
        NS_TEST_EXPECT_MSG_EQ_TOL(us({{100, 0, 1}, {1, 99, 1}}),
                                  1280 + 4 + 50 + 50,
                                  1e-9,
                                  "a prompt and a decode");
        law.link = LlmTensorParallelLink{10, 5, 1000, 1e9};
        NS_TEST_EXPECT_MSG_EQ_TOL(us({{1, 99, 1}}), 1013 + 10 * (5 + 1), 1e-9, "with a link");
    }

    /// A roofline at the peaks over what was measured: the shares of the peaks that the layers of
    /// two GPUs have, as another program worked them out.
    void CheckRoofline()
    {
        struct Row
        {
            const char* device;
            const char* serving;
            std::vector<double> shares; // of w, f, q, qm, p
        };

        const std::vector<Row> rows = {
            {"rtx4090", "rtx4090-llama-3.1-8b", {0.88, 0.96, 0.93, 0.38, 0.73}},
            {"rtxpro6000", "rtxpro6000-llama-3.1-8b", {0.84, 0.73, 0.93, 0.50, 0.44}},
        };
        for (const Row& row : rows)
        {
            auto roofline = CreateObject<RooflineStepTimeModel>();
            roofline->SetShape(ReadLlmModelShape(DATA + "/models/llama-3.1-8b.json"));
            roofline->SetDevice(
                ReadLlmDevice(DATA + std::string("/devices/") + row.device + ".json"));
            for (const char* name :
                 {"MemoryEfficiency", "GemmEfficiency", "PrefillAttentionEfficiency"})
            {
                roofline->SetAttribute(name, DoubleValue(1));
            }
            roofline->SetAttribute("MultiQueryKvFactor", DoubleValue(1));
            const LlmServing& peak = roofline->GetServing();
            const LlmServing real =
                ReadLlmServing(DATA + std::string("/serving/") + row.serving + ".json");
            const std::vector<double> shares = {
                peak.law.weightsUs / real.law.weightsUs,
                peak.law.gemmUsPerToken / real.law.gemmUsPerToken,
                peak.law.decodeKvUsPerToken / real.law.decodeKvUsPerToken,
                peak.law.multiQueryKvUsPerToken / real.law.multiQueryKvUsPerToken,
                peak.law.prefillAttentionUsPerPair / real.law.prefillAttentionUsPerPair};
            for (std::size_t i = 0; i < shares.size(); ++i)
            {
                NS_TEST_EXPECT_MSG_EQ_TOL(shares[i],
                                          row.shares[i],
                                          0.0051,
                                          row.device << ", number " << i);
            }
            NS_TEST_EXPECT_MSG_EQ(peak.kvBytesPerToken, real.kvBytesPerToken, "KV bytes");
            NS_TEST_EXPECT_MSG_EQ(peak.flopsPerToken, real.flopsPerToken, "FLOP");
            NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(peak.weightBytes),
                                      static_cast<double>(real.weightBytes),
                                      1e-4 * static_cast<double>(real.weightBytes),
                                      "weights, but for those of the norms");
        }
    }

    /// A device with slow matrix products reads its weights in a decode, and computes no whole
    /// tile.
    void CheckTiles()
    {
        struct Row
        {
            const char* device;
            uint32_t tile;
        };

        // The last power of two tokens whose products take less than the weights, by hand: those of
        // a phone take 15.5 ms a token, the weights 100 ms.
        for (const Row& row : {Row{"phone", 4}, {"rtx4090", 128}, {"rtxpro6000", 128}})
        {
            auto roofline = CreateObject<RooflineStepTimeModel>();
            roofline->SetShape(ReadLlmModelShape(DATA + "/models/llama-3.1-8b.json"));
            roofline->SetDevice(
                ReadLlmDevice(DATA + std::string("/devices/") + row.device + ".json"));
            const LlmStepTimeLaw law = roofline->GetServing().law;
            NS_TEST_EXPECT_MSG_EQ(law.tileTokens, row.tile, row.device);
            const double memoryS = 1e-6 * (law.weightsUs + law.activationUsPerToken +
                                           law.sequenceUs + law.decodeKvUsPerToken);
            NS_TEST_EXPECT_MSG_EQ_TOL(law.GetTimeS({{1, 0, 1}}), memoryS, 1e-12, row.device);
            roofline->SetAttribute("TileTokens", UintegerValue(2));
            NS_TEST_EXPECT_MSG_EQ(roofline->GetServing().law.tileTokens, 2, row.device);
        }
    }

    /// Two GPUs halve what each reads and computes, and pay for the link.
    void CheckTensorParallel()
    {
        auto one = CreateObject<RooflineStepTimeModel>();
        auto two = CreateObject<RooflineStepTimeModel>();
        for (const auto& model : {one, two})
        {
            model->SetShape(ReadLlmModelShape(DATA + "/models/qwen3-32b.json"));
        }
        one->SetDevice(ReadLlmDevice(DATA + "/devices/rtxpro6000.json"));
        two->SetDevice(ReadLlmDevice(DATA + "/devices/rtxpro6000x2.json"));
        const LlmServing alone = one->GetServing();
        const LlmServing both = two->GetServing();
        NS_TEST_EXPECT_MSG_EQ(both.gpus, 2, "GPUs");
        NS_TEST_EXPECT_MSG_EQ_TOL(both.law.weightsUs, alone.law.weightsUs / 2, 1e-6, "weights");
        NS_TEST_EXPECT_MSG_EQ_TOL(both.law.gemmUsPerToken,
                                  alone.law.gemmUsPerToken / 2,
                                  1e-9,
                                  "products");
        NS_TEST_EXPECT_MSG_EQ(both.kvBytesPerToken, alone.kvBytesPerToken / 2, "KV bytes");
        NS_TEST_ASSERT_MSG_EQ(both.law.link.has_value(), true, "a link");
        // 64 layers with two all-reduces of 40 us, each of 5120 numbers of two bytes a token.
        const double linkS = 128 * (40e-6 + 10240 / 16e9);
        LlmStepTimeLaw without = both.law;
        without.link.reset();
        const std::vector<LlmStepQuery> decode = {{1, 500, 1}};
        NS_TEST_EXPECT_MSG_EQ_TOL(both.law.GetTimeS(decode),
                                  without.GetTimeS(decode) + linkS,
                                  1e-12,
                                  "the link");
    }

    /// A lone sequence: the sum over its steps, one by one, of time and energy.
    void CheckLoneSequence()
    {
        const auto model = Measured("rtx4090-llama-3.1-8b");
        auto energy = CreateObject<StepEnergyModel>();
        auto compute = CreateObject<StepTimeComputeModel>();
        compute->SetAttribute("StepTimeModel", PointerValue(model));
        compute->SetAttribute("StepEnergyModel", PointerValue(energy));
        LlmWork work;
        work.promptTokens = 300;
        work.outputTokens = 50;
        double timeS = 0;
        double energyJ = 0;
        const LlmServing& serving = model->GetServing();
        for (int token = 0; token < 50; ++token)
        {
            const LlmStepQuery query =
                token == 0 ? LlmStepQuery{300, 0, 1} : LlmStepQuery{1, 299.0 + token, 1};
            const double stepS = model->GetStepTimeS({query});
            timeS += stepS;
            // Idle power, weights, and for each token the KV cache up to itself.
            energyJ += 25 * stepS;
            energyJ += 425 / 1008e9 *
                       (serving.weightBytes + 131072 * (query.contextTokens + query.tokens));
            const double pairs = query.tokens * (query.contextTokens + query.tokens / 2);
            energyJ += 425 / 165.2e12 * (13958643712.0 * query.tokens + 524288 * pairs);
        }
        const ComputeCost cost = compute->GetCost(work);
        NS_TEST_EXPECT_MSG_EQ_TOL(cost.latencyS, timeS, 1e-9, "latency");
        NS_TEST_EXPECT_MSG_EQ_TOL(cost.energyJ, energyJ, 1e-6 * energyJ, "energy");
        NS_TEST_EXPECT_MSG_EQ(compute->GetCost(LlmWork()).latencyS, 0, "no work");
        // 16 GB at 1008 GB/s twice over: the model says about 8 J a token for a lone sequence.
        NS_TEST_EXPECT_MSG_EQ_TOL(energyJ / 50, 8, 1.5, "joules a token");
    }

    /// Without a file there is no time.
    void CheckRefusals()
    {
        auto model = CreateObject<CoefficientStepTimeModel>();
        try
        {
            model->GetStepTimeS({{1, 0, 1}});
            NS_TEST_EXPECT_MSG_EQ(true, false, "refused");
        }
        catch (const std::runtime_error& error)
        {
            const std::string text = error.what();
            NS_TEST_EXPECT_MSG_EQ((text.find("no File") != std::string::npos), true, text);
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmStepTimeTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmStepTimeTestCase::Check check) {
        suite.Add(new LlmStepTimeTestCase(name, check));
    };
    add("table", &LlmStepTimeTestCase::CheckTable);
    add("parts", &LlmStepTimeTestCase::CheckParts);
    add("roofline", &LlmStepTimeTestCase::CheckRoofline);
    add("tiles of a roofline", &LlmStepTimeTestCase::CheckTiles);
    add("tensor parallelism", &LlmStepTimeTestCase::CheckTensorParallel);
    add("lone sequence", &LlmStepTimeTestCase::CheckLoneSequence);
    add("refusals", &LlmStepTimeTestCase::CheckRefusals);
}

static const LlmMecTests g_llmStepTimeTests(&AddLlmStepTimeTests); //!< registers this file's cases
