/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/mec-uplink-interference.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

constexpr double BANDWIDTH_HZ = 10e6; //!< B
constexpr double NOISE_W = 4e-14;     //!< noise over B

/// A signal of a history
struct TestSignal
{
    int64_t startNs;                    ///< its start
    int64_t endNs;                      ///< its end
    double receivedW;                   ///< its power
    MecUplinkInterference::SignalId id; ///< its name in the tracker
};

/// A start or an end of a history
struct TestChange
{
    int64_t ns;    ///< when
    bool isStart;  ///< or end
    uint64_t tie;  ///< order among those of the same ns
    size_t signal; ///< whose
};

/// Capacity of a signal, found instant by instant in long double
struct BruteForce
{
    long double bits{0};            ///< integral over [from, until)
    long double worstBps{INFINITY}; ///< smallest rate
};

/// @param signals a history @param k a signal of it @param fromNs begin @return its capacity from
/// then to its end
BruteForce
Integrate(const std::vector<TestSignal>& signals, size_t k, int64_t fromNs)
{
    const int64_t untilNs = signals[k].endNs;
    std::vector<int64_t> instants{fromNs, untilNs};
    for (const TestSignal& other : signals)
    {
        for (const int64_t ns : {other.startNs, other.endNs})
        {
            if (ns > fromNs && ns < untilNs)
            {
                instants.push_back(ns);
            }
        }
    }
    std::sort(instants.begin(), instants.end());
    BruteForce result;
    for (size_t i = 0; i + 1 < instants.size(); ++i)
    {
        if (instants[i] == instants[i + 1])
        {
            continue;
        }
        long double othersW = 0;
        for (size_t j = 0; j < signals.size(); ++j)
        {
            const bool isOn = signals[j].startNs <= instants[i] && signals[j].endNs > instants[i];
            othersW += j != k && isOn ? signals[j].receivedW : 0.0L;
        }
        const long double rateBps =
            BANDWIDTH_HZ * std::log1p(signals[k].receivedW / (othersW + NOISE_W)) / std::log(2.0L);
        result.bits += rateBps * (instants[i + 1] - instants[i]) * 1e-9L;
        result.worstBps = std::min(result.worstBps, rateBps);
    }
    return result;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief The tracker of interference against integrals that are worked out instant by instant.
 */
class MecUplinkInterferenceTestCase : public TestCase
{
  public:
    using Check = void (MecUplinkInterferenceTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MecUplinkInterferenceTestCase(const std::string& name, Check check)
        : TestCase("Interference: " + name),
          m_check(check)
    {
    }

    /// 100,000 histories of up to nine signals that lie up to 100 dB apart.
    void CheckRandomHistories()
    {
        std::mt19937_64 random(1);
        double worst = 0;
        for (int history = 0; history < 100000; ++history)
        {
            // Few instants make starts and ends fall together.
            const int64_t instants = history % 4 == 0 ? 20 : 100000000;
            worst = std::max(worst, CheckHistory(random, instants));
        }
        NS_TEST_EXPECT_MSG_LT(worst, 1e-12, "largest relative error of an integral");
    }

    /// What a strong signal leaves after its end is no noise to a weak one.
    void CheckStrongSignalLeavesNothing()
    {
        MecUplinkInterference tracker(BANDWIDTH_HZ, NOISE_W);
        const auto weak = tracker.Start(0, NOISE_W);
        for (int64_t ns = 1; ns < 2000; ns += 2)
        {
            const auto strong = tracker.Start(ns, NOISE_W * 1e16 / 3);
            tracker.End(strong, ns + 1);
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(tracker.GetBits(weak, 2000, 3000),
                                  BANDWIDTH_HZ * 1e-6,
                                  1e-12 * BANDWIDTH_HZ * 1e-6,
                                  "capacity at 0 dB, alone again");
        NS_TEST_EXPECT_MSG_EQ_TOL(tracker.GetReceivedW(), NOISE_W, 1e-15 * NOISE_W, "total");
    }

    /// A lone signal 80 dB above the noise has all of its capacity, at every instant.
    void CheckLoneSignal()
    {
        MecUplinkInterference tracker(BANDWIDTH_HZ, NOISE_W);
        const double capacityBps = BANDWIDTH_HZ * std::log2(1 + 1e8);
        for (int64_t ns = 0; ns < 1000000; ns += 1000)
        {
            const auto signal = tracker.Start(ns, NOISE_W * 1e8);
            NS_TEST_EXPECT_MSG_EQ_TOL(tracker.GetWorstRateBps(signal, ns),
                                      capacityBps,
                                      1e-12 * capacityBps,
                                      "worst instant");
            tracker.End(signal, ns + 1000);
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param random bits @param instants number of ns that starts and ends lie in
    /// @return signals with starts, ends and powers
    static std::vector<TestSignal> DrawSignals(std::mt19937_64& random, int64_t instants)
    {
        std::vector<TestSignal> signals(1 + random() % 9);
        for (TestSignal& signal : signals)
        {
            signal.startNs = static_cast<int64_t>(random() % instants);
            signal.endNs = signal.startNs + 1 + static_cast<int64_t>(random() % instants);
            const double snrDb = -20 + 100.0 * (random() % 100000) / 100000;
            signal.receivedW = NOISE_W * std::pow(10, snrDb / 10);
        }
        return signals;
    }

    /// Run a history through the tracker. @param random bits @param instants as above
    /// @return largest relative error of an integral
    double CheckHistory(std::mt19937_64& random, int64_t instants)
    {
        std::vector<TestSignal> signals = DrawSignals(random, instants);
        std::vector<TestChange> changes;
        for (size_t k = 0; k < signals.size(); ++k)
        {
            changes.push_back({signals[k].startNs, true, random(), k});
            changes.push_back({signals[k].endNs, false, random(), k});
        }
        std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
            return a.ns != b.ns ? a.ns < b.ns : a.tie < b.tie;
        });
        MecUplinkInterference tracker(BANDWIDTH_HZ, NOISE_W);
        double worst = 0;
        for (const TestChange& change : changes)
        {
            TestSignal& signal = signals[change.signal];
            if (change.isStart)
            {
                signal.id = tracker.Start(change.ns, signal.receivedW);
                continue;
            }
            // As with a preamble, part of the signal may not count.
            const int64_t fromNs =
                signal.startNs +
                static_cast<int64_t>(random() % (signal.endNs - signal.startNs)) / 2;
            const BruteForce truth = Integrate(signals, change.signal, fromNs);
            const double bits = tracker.GetBits(signal.id, fromNs, signal.endNs);
            worst = std::max(worst, static_cast<double>(std::abs(bits / truth.bits - 1)));
            const double worstBps = tracker.GetWorstRateBps(signal.id, fromNs);
            NS_TEST_EXPECT_MSG_LT_OR_EQ(worstBps,
                                        static_cast<double>(truth.worstBps) * (1 + 1e-12),
                                        "the worst instant is never too good");
            if (instants > 1000) // where nothing falls together
            {
                NS_TEST_EXPECT_MSG_GT_OR_EQ(worstBps,
                                            static_cast<double>(truth.worstBps) * (1 - 1e-12),
                                            "nor too bad");
            }
            tracker.End(signal.id, change.ns);
        }
        return worst;
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddMecUplinkInterferenceTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, MecUplinkInterferenceTestCase::Check check) {
        suite.Add(new MecUplinkInterferenceTestCase(name, check));
    };
    add("integrals of 100,000 random histories are exact",
        &MecUplinkInterferenceTestCase::CheckRandomHistories);
    add("a strong signal that has ended leaves nothing",
        &MecUplinkInterferenceTestCase::CheckStrongSignalLeavesNothing);
    add("a lone signal has its capacity", &MecUplinkInterferenceTestCase::CheckLoneSignal);
}

static const LlmMecTests g_mecUplinkInterferenceTests(
    &AddMecUplinkInterferenceTests); //!< registers the cases of this file
