/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * A study of your own in one file: define a policy, run it, compare it. Copy this file beside
 * itself under another name and change it; nothing in the module needs to be touched.
 *
 *     ./llm-mec run threshold-policy
 *     ./ns3 run threshold-policy
 *
 * The policy here offloads only over good links: an MLU whose gain is at least ThresholdDb sends,
 * with the power at which all senders arrive equally strong, and the others keep their tasks.
 */

#include "base/program.h"

#include "ns3/command-line.h"
#include "ns3/double.h"
#include "ns3/llm-mec-helper.h"
#include "ns3/llm-mec-recorder.h"
#include "ns3/offload-policy.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>

using namespace ns3;
using namespace ns3::llmmec;

/// Offload over good links only.
class ThresholdPolicy : public OffloadPolicy
{
  public:
    /// @return the TypeId, by which the helper and the command line find the policy
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::ThresholdPolicy")
                                .SetParent<OffloadPolicy>()
                                .AddConstructor<ThresholdPolicy>()
                                .AddAttribute("ThresholdDb",
                                              "Least gain of a link that is used, dB.",
                                              DoubleValue(-55),
                                              MakeDoubleAccessor(&ThresholdPolicy::m_thresholdDb),
                                              MakeDoubleChecker<double>(-200, 0))
                                .AddAttribute("OffloadRatio",
                                              "Share of its task that a sender offloads.",
                                              DoubleValue(0.7),
                                              MakeDoubleAccessor(&ThresholdPolicy::m_offloadRatio),
                                              MakeDoubleChecker<double>(0, 1));
        return tid;
    }

    SlotDecision Decide(const SlotObservation& observation) override
    {
        // What holds for all slots is in GetProblem(), what is known of this one in observation.
        const Eigen::ArrayXd& maxPowerW = GetProblem().maxPowerW;
        const Eigen::ArrayXd& gain = observation.gain;
        SlotDecision decision{Eigen::ArrayXd::Zero(gain.size()), Eigen::ArrayXd::Zero(gain.size())};

        double weakestW = std::numeric_limits<double>::infinity();
        for (Eigen::Index k = 0; k < gain.size(); ++k)
        {
            if (10 * std::log10(gain[k]) >= m_thresholdDb)
            {
                decision.offloadRatio[k] = m_offloadRatio;
                weakestW = std::min(weakestW, maxPowerW[k] * gain[k]);
            }
        }
        for (Eigen::Index k = 0; k < gain.size(); ++k)
        {
            if (decision.offloadRatio[k] > 0)
            {
                decision.powerW[k] = weakestW / gain[k];
            }
        }
        return decision;
    }

    // A policy that learns also overrides Learn(observation, decision, outcome).

  private:
    double m_thresholdDb;  //!< least gain of a link that is used, dB
    double m_offloadRatio; //!< share of its task that a sender offloads
};

NS_OBJECT_ENSURE_REGISTERED(ThresholdPolicy);

/// Compare the policies. @param argc number of arguments @param argv arguments
void
Run(int argc, char* argv[])
{
    CommandLine cmd(__FILE__); // also sets attributes: --ns3::ThresholdPolicy::ThresholdDb=-60
    cmd.Parse(argc, argv);

    for (const std::string policy : {"always-local", "threshold", "optimal"})
    {
        LlmMecHelper mec;
        mec.SetStream(0); // the same positions and fading for all three
        mec.SetPolicy(policy);
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(500));
        LlmMecCell cell = mec.InstallCell(3);

        LlmMecRecorder recorder("", false); // a folder here instead of "" gets the CSV files
        recorder.AddCell(cell);
        Simulator::Run();
        for (const auto& [name, interval] : recorder.GetMeans())
        {
            if (name == "meanLatencyS")
            {
                std::cout << policy << ": mean latency " << interval.mean << " s\n";
            }
        }
        Simulator::Destroy();
    }
}

int
main(int argc, char* argv[])
{
    return base::RunProgram("threshold-policy", argc, argv, [&]() { Run(argc, argv); });
}
