/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/double.h"
#include "ns3/llm-quality-model.h"
#include "ns3/object-factory.h"
#include "ns3/rng-seed-manager.h"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using llmmec::ConstantQualityModel;
using llmmec::LlmProfile;
using llmmec::LlmQuality;
using llmmec::QualityModel;
using llmmec::SampledQualityModel;

/**
 * @ingroup llm-mec-tests
 * @brief Cases of the quality models; each runs one of the checks below.
 */
class LlmQualityTestCase : public TestCase
{
  public:
    using Check = void (LlmQualityTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmQualityTestCase(const std::string& name, Check check)
        : TestCase("LLM quality: " + name),
          m_check(check)
    {
    }

    /// The constant model: defaults, attributes, profiles.
    void CheckConstant()
    {
        auto model = CreateObject<ConstantQualityModel>();
        ExpectQuality(model->Draw(), {0.5905, 0.65, 0.703, 0.77}, "Table I, Llama");
        ExpectQuality(model->GetExpected(), {0.5905, 0.65, 0.703, 0.77}, "expected");

        model->SetProfiles(MakeLocal(), MakeMec());
        ExpectQuality(model->Draw(), {0.6, 0.3, 0.9, 0.2}, "offline means, no samples");
        ExpectQuality(model->GetExpected(), {0.6, 0.3, 0.9, 0.2}, "expected");

        model->SetAttribute("LocalAccuracy", DoubleValue(0));
        model->SetAttribute("LocalHallucination", DoubleValue(1));
        model->SetAttribute("MecAccuracy", DoubleValue(0.25));
        model->SetAttribute("MecHallucination", DoubleValue(0.75));
        ExpectQuality(model->Draw(), {0, 1, 0.25, 0.75}, "attributes");
        for (const char* name :
             {"LocalAccuracy", "LocalHallucination", "MecAccuracy", "MecHallucination"})
        {
            for (double value : {-0.001, 1.001, std::nan("")})
            {
                const bool taken = model->SetAttributeFailSafe(name, DoubleValue(value));
                NS_TEST_EXPECT_MSG_EQ(taken, false, name << " takes no " << value);
            }
        }
        NS_TEST_EXPECT_MSG_EQ(model->AssignStreams(7), 0, "no randomness");
    }

    /// Both models can be chosen by their TypeId.
    void CheckTypes()
    {
        for (const char* name :
             {"ns3::llmmec::ConstantQualityModel", "ns3::llmmec::SampledQualityModel"})
        {
            ObjectFactory factory(name);
            NS_TEST_ASSERT_MSG_NE(factory.Create<QualityModel>(), nullptr, name);
        }
        const auto tid = TypeId::LookupByName("ns3::llmmec::QualityModel");
        NS_TEST_EXPECT_MSG_EQ(tid.HasConstructor(), false, "abstract");
    }

    /// Draws are pairs of the profile, uniform, independent, with the expected mean.
    void CheckDraws()
    {
        auto model = CreateObject<SampledQualityModel>();
        model->SetProfiles(MakeLocal(), MakeMec());
        NS_TEST_EXPECT_MSG_EQ(model->AssignStreams(100), 1, "one stream");
        const auto local = MakeLocal();
        const auto n = local.accuracySamples.size();
        std::vector<int> counts(n);
        std::vector<int> pairs(n * n);
        const int draws = 40000;
        LlmQuality sum{};
        std::size_t last = 0;
        for (int draw = 0; draw < draws; ++draw)
        {
            const auto quality = model->Draw();
            std::size_t query = 0;
            while (query < n && local.accuracySamples[query] != quality.localAccuracy)
            {
                ++query;
            }
            NS_TEST_ASSERT_MSG_LT(query, n, "a sample of the profile");
            NS_TEST_ASSERT_MSG_EQ(quality.localHallucination,
                                  local.hallucinationSamples[query],
                                  "accuracy and hallucination of the same query");
            NS_TEST_ASSERT_MSG_EQ(quality.mecAccuracy, 0.9, "the full model's offline mean");
            NS_TEST_ASSERT_MSG_EQ(quality.mecHallucination, 0.2, "the full model's offline mean");
            ++counts[query];
            ++pairs[last * n + query];
            last = query;
            sum.localAccuracy += quality.localAccuracy;
            sum.localHallucination += quality.localHallucination;
        }
        // Five standard deviations of a binomial count; the stream is fixed, so it passes always.
        const auto expectUniform = [this](const std::vector<int>& bins) {
            const double p = 1.0 / static_cast<double>(bins.size());
            for (int count : bins)
            {
                const double sigma = std::sqrt(draws * p * (1 - p));
                NS_TEST_EXPECT_MSG_EQ_TOL(count, draws * p, 5 * sigma, "uniform");
            }
        };
        expectUniform(counts);
        expectUniform(pairs);

        // By hand: (-0.5 + 0.25 + 0.75 + 1) / 4 and (1 + 0.5 + 0.25 + 0) / 4.
        const LlmQuality mean{0.375, 0.4375, 0.9, 0.2};
        ExpectQuality(model->GetExpected(), mean, "sample means, not the offline means");
        // The samples' standard deviations are 0.57 and 0.37.
        NS_TEST_EXPECT_MSG_EQ_TOL(sum.localAccuracy / draws,
                                  mean.localAccuracy,
                                  5 * 0.58 / std::sqrt(draws),
                                  "mean accuracy");
        NS_TEST_EXPECT_MSG_EQ_TOL(sum.localHallucination / draws,
                                  mean.localHallucination,
                                  5 * 0.38 / std::sqrt(draws),
                                  "mean hallucination");
    }

    /// The stream and the run decide the draws, and nothing else does.
    void CheckStreams()
    {
        const auto before = RngSeedManager::GetRun();
        const auto first = DrawMany(5, before);
        const bool same = first == DrawMany(5, before);
        const bool otherStream = first == DrawMany(6, before);
        const bool otherRun = first == DrawMany(5, before + 1);
        RngSeedManager::SetRun(before);
        NS_TEST_EXPECT_MSG_EQ(same, true, "same stream and run");
        NS_TEST_EXPECT_MSG_EQ(otherStream, false, "other stream");
        NS_TEST_EXPECT_MSG_EQ(otherRun, false, "other run");
    }

    /// A profile that cannot be sampled is named, and leaves the model as it was.
    void CheckErrors()
    {
        auto model = CreateObject<SampledQualityModel>();
        ExpectError([&] { model->Draw(); }, "SetProfiles first");
        ExpectError([&] { model->GetExpected(); }, "SetProfiles first");

        auto empty = MakeLocal();
        empty.accuracySamples.clear();
        empty.hallucinationSamples.clear();
        ExpectError([&] { model->SetProfiles(empty, MakeMec()); }, "profile tiny has 0 samples");
        ExpectError([&] { model->Draw(); }, "SetProfiles first");

        model->SetProfiles(MakeLocal(), MakeMec());
        auto unequal = MakeLocal();
        unequal.hallucinationSamples.pop_back();
        auto mec = MakeMec();
        mec.accuracy = 0.1;
        ExpectError([&] { model->SetProfiles(unequal, mec); }, "profile tiny has 4 samples");
        ExpectQuality(model->GetExpected(), {0.375, 0.4375, 0.9, 0.2}, "as before");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @return a compact model whose samples have other means than its offline evaluation
    static LlmProfile MakeLocal()
    {
        LlmProfile profile;
        profile.name = "tiny";
        profile.accuracy = 0.6;
        profile.hallucination = 0.3;
        profile.accuracySamples = {-0.5, 0.25, 0.75, 1};
        profile.hallucinationSamples = {1, 0.5, 0.25, 0};
        return profile;
    }

    /// @return a full model
    static LlmProfile MakeMec()
    {
        LlmProfile profile;
        profile.name = "full";
        profile.accuracy = 0.9;
        profile.hallucination = 0.2;
        return profile;
    }

    /// @param stream of a new model @param run of the simulation @return the accuracies it draws
    static std::vector<double> DrawMany(int64_t stream, uint64_t run)
    {
        RngSeedManager::SetRun(run);
        auto model = CreateObject<SampledQualityModel>();
        model->SetProfiles(MakeLocal(), MakeMec());
        model->AssignStreams(stream);
        std::vector<double> draws;
        for (int draw = 0; draw < 100; ++draw)
        {
            draws.push_back(model->Draw().localAccuracy);
        }
        return draws;
    }

    /// @param is what there is @param expected what there should be @param what for the message
    void ExpectQuality(const LlmQuality& is, const LlmQuality& expected, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ(is.localAccuracy, expected.localAccuracy, what);
        NS_TEST_EXPECT_MSG_EQ(is.localHallucination, expected.localHallucination, what);
        NS_TEST_EXPECT_MSG_EQ(is.mecAccuracy, expected.mecAccuracy, what);
        NS_TEST_EXPECT_MSG_EQ(is.mecHallucination, expected.mecHallucination, what);
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
        NS_TEST_EXPECT_MSG_EQ(error.find('\n'), std::string::npos, "one line: " << error);
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmQualityTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmQualityTestCase::Check check) {
        suite.Add(new LlmQualityTestCase(name, check));
    };
    add("constant", &LlmQualityTestCase::CheckConstant);
    add("types", &LlmQualityTestCase::CheckTypes);
    add("draws", &LlmQualityTestCase::CheckDraws);
    add("streams", &LlmQualityTestCase::CheckStreams);
    add("errors", &LlmQualityTestCase::CheckErrors);
}

static const LlmMecTests g_llmQualityTests(
    &AddLlmQualityTests); //!< registers the cases of this file
