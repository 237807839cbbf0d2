/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/double.h"
#include "ns3/llm-profile-compute-model.h"
#include "ns3/offload-equations.h"

#include <stdexcept>
#include <string>

using namespace ns3;
using llmmec::ComputeCost;
using llmmec::CycleComputeModel;
using llmmec::LlmProfile;
using llmmec::ProfileComputeModel;

/**
 * @ingroup llm-mec-tests
 * @brief The compute model that looks tokens up in a profile, against sums by hand.
 */
class LlmProfileComputeTestCase : public TestCase
{
  public:
    LlmProfileComputeTestCase()
        : TestCase("LLM profile: latency and energy by tokens")
    {
    }

  private:
    void DoRun() override
    {
        CheckTokens();
        CheckQueryEnergy();
        CheckServing();
        CheckErrors();
    }

    /// @return a profile with latencies and energies of tokens
    static LlmProfile MakeProfile()
    {
        LlmProfile profile;
        profile.name = "measured";
        profile.energyPerQueryJ = 12;
        profile.promptLatencyPerTokenS = 0.01;
        profile.generationLatencyPerTokenS = 0.1;
        profile.promptEnergyPerTokenJ = 0.02;
        profile.generationEnergyPerTokenJ = 0.3;
        profile.promptTokensPerQuery = 20;
        profile.generatedTokensPerQuery = 10;
        return profile;
    }

    /// 10 tokens of a prompt, 5 generated.
    void CheckTokens()
    {
        auto model = CreateObject<ProfileComputeModel>();
        model->SetProfile(MakeProfile());
        const ComputeCost cost = model->GetCost({320, 900, 10, 5});
        NS_TEST_EXPECT_MSG_EQ_TOL(cost.latencyS, 10 * 0.01 + 5 * 0.1, 1e-12, "latency");
        NS_TEST_EXPECT_MSG_EQ_TOL(cost.energyJ, 10 * 0.02 + 5 * 0.3, 1e-12, "energy");
        NS_TEST_EXPECT_MSG_EQ(model->GetCost({0, 900, 0, 0}).latencyS, 0, "no share");
        // Bits and cycles do not count.
        NS_TEST_EXPECT_MSG_EQ(model->GetCost({7, 3, 10, 5}).latencyS, cost.latencyS, "bits");
    }

    /// Without energies of tokens, and without the tokens of an answer.
    void CheckQueryEnergy()
    {
        LlmProfile profile = MakeProfile();
        profile.promptEnergyPerTokenJ.reset();
        profile.generatedTokensPerQuery.reset();
        auto model = CreateObject<ProfileComputeModel>();
        model->SetProfile(profile);
        const ComputeCost cost = model->GetCost({32, 900, 1, 2});
        NS_TEST_EXPECT_MSG_EQ_TOL(cost.latencyS, 0.01 + 2 * 0.1, 1e-12, "latency");
        NS_TEST_EXPECT_MSG_EQ_TOL(cost.energyJ, 12.0 / 20, 1e-12, "share of the query's energy");
    }

    /// The step times of a profile that has them: one step for the prompt, one for each token after
    /// the first, each with an overhead of 1 ms. Energies stay those of the profile.
    void CheckServing()
    {
        LlmProfile profile = MakeProfile();
        profile.promptLatencyPerTokenS.reset();
        llmmec::LlmServing serving;
        serving.law.weightsUs = 10000;
        serving.law.gemmUsPerToken = 2000;
        serving.law.tileTokens = 1;
        profile.serving = serving;
        auto model = CreateObject<ProfileComputeModel>();
        model->SetProfile(profile);
        const ComputeCost cost = model->GetCost({320, 900, 10, 5});
        NS_TEST_EXPECT_MSG_EQ_TOL(cost.latencyS, 0.021 + 4 * 0.011, 1e-12, "latency");
        NS_TEST_EXPECT_MSG_EQ_TOL(cost.energyJ, 10 * 0.02 + 5 * 0.3, 1e-12, "energy");
        profile.promptEnergyPerTokenJ.reset();
        profile.promptTokensPerQuery.reset();
        ExpectError([&] { model->SetProfile(profile); }, "no promptTokensPerQuery");
        NS_TEST_EXPECT_MSG_EQ(model->GetCost({320, 900, 10, 5}).latencyS,
                              cost.latencyS,
                              "the profile from before");
        model->SetProfile(MakeProfile());
        NS_TEST_EXPECT_MSG_EQ_TOL(model->GetCost({320, 900, 10, 5}).latencyS, 0.6, 1e-12, "none");
    }

    /// What is missing is named, and the profile from before stays.
    void CheckErrors()
    {
        auto model = CreateObject<ProfileComputeModel>();
        ExpectError([&] { model->GetCost({1, 1, 1, 1}); }, "SetProfile");
        LlmProfile profile = MakeProfile();
        model->SetProfile(profile);
        profile.promptLatencyPerTokenS.reset();
        ExpectError([&] { model->SetProfile(profile); }, "measured: no promptLatencyPerTokenS");
        profile = MakeProfile();
        profile.generationEnergyPerTokenJ.reset();
        profile.promptTokensPerQuery.reset();
        ExpectError([&] { model->SetProfile(profile); }, "no promptTokensPerQuery");
        NS_TEST_EXPECT_MSG_GT(model->GetCost({32, 900, 1, 2}).energyJ,
                              0,
                              "the profile from before");
        // The cycle model takes any profile.
        CreateObject<CycleComputeModel>()->SetProfile(LlmProfile());
    }

    /// @param run what should fail @param part what its message has to hold
    template <typename Run>
    void ExpectError(const Run& run, const std::string& part)
    {
        std::string error = "(no error)";
        try
        {
            run();
        }
        catch (const std::runtime_error& e)
        {
            error = e.what();
        }
        NS_TEST_EXPECT_MSG_NE(error.find(part), std::string::npos, error << " has no " << part);
    }
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmProfileComputeTests(LlmMecTestSuite& suite)
{
    suite.Add(new LlmProfileComputeTestCase);
}

static const LlmMecTests g_llmProfileComputeTests(
    &AddLlmProfileComputeTests); //!< registers the cases of this file
