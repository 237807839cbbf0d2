/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/mobility-model.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Whatever is drawn at random has a stream of its own: no two series of draws of two cells
 * have anything to do with each other.
 */
class LlmMecStreamsTestCase : public TestCase
{
  public:
    LlmMecStreamsTestCase()
        : TestCase("Helper: streams of their own")
    {
    }

  private:
    static constexpr uint32_t MLUS = 3;    ///< in a cell
    static constexpr uint64_t SLOTS = 400; ///< draws of each series

    void DoRun() override
    {
        LlmMecHelper mec;
        mec.SetStream(0);
        mec.SetProfile(WriteProfile());
        mec.SetQuality("ns3::llmmec::SampledQualityModel");
        mec.SetPolicy("random");
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(SLOTS));
        mec.SetMlu("ns3::llmmec::MluApplication",
                   "TaskBits",
                   StringValue("ns3::UniformRandomVariable[Min=0|Max=1]"));
        const std::vector<LlmMecCell> cells = {mec.InstallCell(MLUS), mec.InstallCell(MLUS)};

        std::set<std::pair<double, double>> positions; // as seen from the antenna
        std::vector<std::vector<SlotRecord>> slots(cells.size());
        for (std::size_t c = 0; c < cells.size(); ++c)
        {
            const Vector centre =
                cells[c].servers.Get(0)->GetObject<MobilityModel>()->GetPosition();
            for (uint32_t k = 0; k < MLUS; ++k)
            {
                const Vector at = cells[c].mlus.Get(k)->GetObject<MobilityModel>()->GetPosition();
                positions.emplace(at.x - centre.x, at.y - centre.y);
            }
            cells[c].controller->TraceConnectWithoutContext(
                "SlotEnded",
                Callback<void, const SlotObservation&, const SlotDecision&, const SlotOutcome&>(
                    [&slots, c](const SlotObservation& observation,
                                const SlotDecision& decision,
                                const SlotOutcome& outcome) {
                        slots[c].push_back({observation, decision, outcome, 0});
                    }));
        }
        NS_TEST_EXPECT_MSG_EQ(positions.size(), cells.size() * MLUS, "all stand elsewhere");
        Simulator::Run();
        CheckSeries(slots);
        // How many streams each takes, so that the next one begins after them.
        NS_TEST_EXPECT_MSG_EQ(cells[0].link->AssignStreams(0), 1, "fading");
        NS_TEST_EXPECT_MSG_EQ(cells[0].mluApplications[0]->AssignStreams(0), 2, "size and quality");
        Simulator::Destroy();
    }

    /// @param slots of each cell
    void CheckSeries(const std::vector<std::vector<SlotRecord>>& slots)
    {
        std::vector<std::pair<std::string, std::vector<double>>> series;
        for (std::size_t c = 0; c < slots.size(); ++c)
        {
            NS_TEST_ASSERT_MSG_EQ(slots[c].size(), SLOTS, "slots");
            for (Eigen::Index k = 0; k < MLUS; ++k)
            {
                const auto add = [&](const std::string& what, auto draw) {
                    std::vector<double> values;
                    for (const SlotRecord& slot : slots[c])
                    {
                        values.push_back(draw(slot));
                    }
                    series.emplace_back(what + " of MLU " + std::to_string(k) + " of cell " +
                                            std::to_string(c),
                                        values);
                };
                add("gain", [k](const SlotRecord& s) { return s.observation.gain[k]; });
                add("bits", [k](const SlotRecord& s) { return s.observation.tasks.bits[k]; });
                add("ratio", [k](const SlotRecord& s) { return s.decision.offloadRatio[k]; });
                add("power", [k](const SlotRecord& s) { return s.decision.powerW[k]; });
                add("quality", [k](const SlotRecord& s) {
                    // Of the answer to the local share, (28) solved for it; all is local at 1.
                    const double ratio = s.decision.offloadRatio[k];
                    return (s.outcome.accuracy[k] - ratio * s.observation.tasks.mecAccuracy[k]) /
                           (1 - ratio);
                });
            }
        }
        // Draws of one stream would have 0.9 and more; of 400 independent ones, five deviations.
        const double largest = 5 / std::sqrt(static_cast<double>(SLOTS));
        for (std::size_t i = 0; i < series.size(); ++i)
        {
            for (std::size_t j = 0; j < i; ++j)
            {
                const double correlation = CorrelationOf(series[i].second, series[j].second);
                NS_TEST_EXPECT_MSG_LT(std::abs(correlation),
                                      largest,
                                      series[i].first << " and " << series[j].first);
            }
        }
    }

    /// @param a a series @param b another @return their correlation
    static double CorrelationOf(const std::vector<double>& a, const std::vector<double>& b)
    {
        const auto n = static_cast<Eigen::Index>(a.size());
        const Eigen::Map<const Eigen::ArrayXd> x(a.data(), n);
        const Eigen::Map<const Eigen::ArrayXd> y(b.data(), n);
        const Eigen::ArrayXd dx = x - x.mean();
        const Eigen::ArrayXd dy = y - y.mean();
        return (dx * dy).sum() / std::sqrt(dx.square().sum() * dy.square().sum());
    }

    /// @return path of a profile whose samples of accuracy are 0.05, 0.15 ... 0.95
    std::string WriteProfile()
    {
        const std::string path = CreateTempDirFilename("samples.json");
        std::ofstream file(path);
        file << R"({"version": 1, "name": "samples", "baseModel": "Llama-3.1-8B", "method": "ecld",
            "sizeBytes": 1, "energyPerQueryJ": 1, "accuracy": 0.5, "hallucination": 0.5,
            "source": "test", "samples": {"accuracy": [)";
        for (int i = 0; i < 10; ++i)
        {
            file << (i > 0 ? "," : "") << 0.05 + 0.1 * i;
        }
        file << R"(], "hallucination": [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]}})";
        return path;
    }
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmMecStreamsTests(LlmMecTestSuite& suite)
{
    suite.Add(new LlmMecStreamsTestCase);
}

static const LlmMecTests g_llmMecStreamsTests(
    &AddLlmMecStreamsTests); //!< registers the cases of this file
