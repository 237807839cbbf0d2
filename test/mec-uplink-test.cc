/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/constant-position-mobility-model.h"
#include "ns3/double.h"
#include "ns3/mec-uplink-channel.h"
#include "ns3/pointer.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

using namespace ns3;
using llmmec::LinkDelivery;
using llmmec::MecLinkMlu;
using llmmec::MecLinkServer;
using llmmec::MecUplinkChannel;
using llmmec::OffloadAnswer;
using llmmec::OffloadRequest;

namespace
{

constexpr double B = 10e6;      //!< bandwidth of all channels here, Hz
const double N0 = 3.981072e-14; //!< -104 dBm in W, from a table: 10^0.6 = 3.981072

/// @param sinr signal to interference and noise @return rate (19), bit/s
double
Rate(double sinr)
{
    return B * std::log2(1 + sinr);
}

/**
 * @ingroup llm-mec-tests
 * @brief One upload, as planned and as it went.
 */
struct Transfer
{
    uint32_t mlu{0};       //!< who sends
    double startS{0};      //!< when it starts, s
    double bits{0};        //!< what it sends, bits
    double powerW{0};      //!< with what, W
    LinkDelivery delivery; //!< how it went
    double arrivedS{-1};   //!< when the server got it, s; -1 when never

    /// @return when the upload ended by its latency, s
    double GetEndS() const
    {
        return startS + delivery.latencyS;
    }
};

/**
 * @ingroup llm-mec-tests
 * @brief A channel without fading, with MLUs on the ground around an antenna 10 m up.
 */
class TestCell : public MecLinkMlu, public MecLinkServer
{
  public:
    /// @param interference Slot or Active @param distancesM each MLU's distance on the ground, m
    TestCell(const std::string& interference, const std::vector<double>& distancesM)
        : m_channel(CreateObject<MecUplinkChannel>())
    {
        auto loss = CreateObject<LogDistancePropagationLossModel>();
        loss->SetAttribute("Exponent", DoubleValue(2));
        loss->SetAttribute("ReferenceLoss", DoubleValue(30));
        m_channel->SetAttribute("PropagationLossModel", PointerValue(loss));
        m_channel->SetAttribute("Interference", StringValue(interference));
        m_channel->AddServer(MakeNode(0, 10), *this);
        for (const double distanceM : distancesM)
        {
            auto node = MakeNode(distanceM, 0);
            m_nodes.push_back(node);
            m_channel->AddMlu(node, *this);
        }
    }

    void RequestSent(const OffloadRequest& request, const LinkDelivery& delivery) override
    {
        m_transfers.at(request.slot).delivery = delivery;
        ++m_sent;
    }

    void RequestLost(const OffloadRequest&, const LinkDelivery&) override
    {
        ++m_lost;
    }

    void ReceiveAnswer(const OffloadAnswer&, const LinkDelivery&) override
    {
    }

    void ChangeTransmitPower(double) override
    {
    }

    void ReceiveRequest(const OffloadRequest& request, const LinkDelivery&) override
    {
        m_transfers.at(request.slot).arrivedS = Simulator::Now().GetSeconds();
    }

    /// @param x place, m @param z height, m @return a node there
    static Ptr<Node> MakeNode(double x, double z)
    {
        auto node = CreateObject<Node>();
        auto mobility = CreateObject<ConstantPositionMobilityModel>();
        mobility->SetPosition(Vector(x, 0, z));
        node->AggregateObject(mobility);
        return node;
    }

    /// @param k an MLU @param distanceM where it goes to, m
    void Move(uint32_t k, double distanceM)
    {
        m_nodes[k]->GetObject<MobilityModel>()->SetPosition(Vector(distanceM, 0, 0));
    }

    /// Start a slot now. @param powerW power of each MLU, W
    void StartSlot(const std::vector<double>& powerW)
    {
        m_channel->MeasureGains();
        m_channel->AnnounceSlot(
            Eigen::Map<const Eigen::ArrayXd>(powerW.data(),
                                             static_cast<Eigen::Index>(powerW.size())),
            Eigen::ArrayXi(),
            Eigen::ArrayXd());
    }

    /// Plan an upload; its place in the answer of Run is its place in the plan.
    /// @param mlu who @param startS when, s @param bits what, bits @param powerW with what, W
    void Plan(uint32_t mlu, double startS, double bits, double powerW)
    {
        const uint64_t index = m_transfers.size();
        Transfer transfer;
        transfer.mlu = mlu;
        transfer.startS = startS;
        transfer.bits = bits;
        transfer.powerW = powerW;
        m_transfers.push_back(transfer);
        Simulator::Schedule(Seconds(startS), [this, index] {
            const Transfer& planned = m_transfers[index];
            OffloadRequest request;
            request.slot = index;
            request.mlu = planned.mlu;
            request.work.bits = planned.bits;
            m_channel->Send(request, {planned.powerW, {}});
        });
    }

    Ptr<MecUplinkChannel> m_channel;   //!< the channel
    std::vector<Ptr<Node>> m_nodes;    //!< the MLUs
    std::vector<Transfer> m_transfers; //!< by their numbers
    int m_sent{0};                     //!< uploads that their senders know to be sent
    int m_lost{0};                     //!< uploads that their senders know to be lost
};

/// @param distanceM distance on the ground, m @return gain (17) at -30 dB a metre, antenna 10 m up
double
Gain(double distanceM)
{
    return 1e-3 / (distanceM * distanceM + 100);
}

/**
 * What a sender gets through by its end if all send when they say they do: the integral of (19)
 * over its upload. No simulation of its own, so that it shares nothing with the model.
 * @param transfers all uploads @param of one of them @param distancesM the MLUs' distances, m
 * @return bits
 */
double
Integrate(const std::vector<Transfer>& transfers,
          const Transfer& of,
          const std::vector<double>& distancesM)
{
    std::vector<double> instants;
    for (const Transfer& other : transfers)
    {
        instants.push_back(std::clamp(other.startS, of.startS, of.GetEndS()));
        instants.push_back(std::clamp(other.GetEndS(), of.startS, of.GetEndS()));
    }
    std::sort(instants.begin(), instants.end());
    double bits = 0;
    for (std::size_t i = 0; i + 1 < instants.size(); ++i)
    {
        const double middleS = (instants[i] + instants[i + 1]) / 2;
        double noiseW = N0;
        for (const Transfer& other : transfers)
        {
            if (&other != &of && other.startS < middleS && middleS < other.GetEndS())
            {
                noiseW += other.powerW * Gain(distancesM[other.mlu]);
            }
        }
        bits +=
            Rate(of.powerW * Gain(distancesM[of.mlu]) / noiseW) * (instants[i + 1] - instants[i]);
    }
    return bits;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of MecUplinkChannel; each runs one of the checks below.
 */
class MecUplinkTestCase : public TestCase
{
  public:
    using Check = void (MecUplinkTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MecUplinkTestCase(const std::string& name, Check check)
        : TestCase("MEC uplink: " + name),
          m_check(check)
    {
    }

    /// Without fading, gains are (17) by hand: 1e-3 / (x^2 + 10^2).
    void CheckGains()
    {
        TestCell cell("Slot", {0, 10, 20});
        const Eigen::ArrayXd gain = cell.m_channel->MeasureGains();
        ExpectNear(gain[0], 1e-5, 1e-12, "below the antenna");
        ExpectNear(gain[1], 5e-6, 1e-12, "10 m away");
        ExpectNear(gain[2], 2e-6, 1e-12, "20 m away");
        cell.Move(2, 30);
        ExpectNear(gain[2], 2e-6, 1e-12, "holds until the next slot");
        ExpectNear(cell.m_channel->MeasureGains()(2, 0), 1e-6, 1e-12, "after a move");
        ExpectNear(cell.m_channel->GetNoiseW(), N0, 1e-6, "noise");
    }

    /// Slot: all announced powers interfere for the whole slot, whoever sends.
    void CheckSlot()
    {
        // Received: 1 * 1e-5, 2 * 5e-6, 0.5 * 2e-6 W.
        TestCell cell("Slot", {0, 10, 20});
        cell.StartSlot({1, 2, 0.5});
        cell.Plan(0, 0, 1e6, 1);
        cell.Plan(1, 0, 5e5, 2);
        cell.Plan(2, 0.25, 1e6, 0.5);
        Simulator::Run();
        const auto& t = cell.m_transfers;
        ExpectNear(t[0].delivery.latencyS, 1e6 / Rate(1e-5 / (1.1e-5 + N0)), 1e-9, "MLU 0");
        ExpectNear(t[1].delivery.latencyS, 5e5 / Rate(1e-5 / (1.1e-5 + N0)), 1e-9, "MLU 1");
        ExpectNear(t[2].delivery.latencyS, 1e6 / Rate(1e-6 / (2e-5 + N0)), 1e-9, "MLU 2, alone");
        for (const Transfer& transfer : t)
        {
            ExpectNear(transfer.delivery.rateBps * transfer.delivery.latencyS,
                       transfer.bits,
                       1e-12,
                       "rate and latency");
            NS_TEST_EXPECT_MSG_EQ_TOL(transfer.arrivedS, transfer.GetEndS(), 1.01e-9, "arrival");
            NS_TEST_EXPECT_MSG_EQ(transfer.delivery.capped, false, "not capped");
        }
        Simulator::Destroy();

        // Nobody but MLU 0 sends; the others' announced power is there all the same.
        for (const bool isActive : {false, true})
        {
            TestCell lone(isActive ? "Active" : "Slot", {0, 10, 20});
            lone.StartSlot({1, 2, 0.5});
            lone.Plan(0, 0, 1e6, 1);
            Simulator::Run();
            const double noiseW = isActive ? N0 : 1.1e-5 + N0;
            const double latencyS = lone.m_transfers[0].delivery.latencyS;
            ExpectNear(latencyS, 1e6 / Rate(1e-5 / noiseW), isActive ? 1e-7 : 1e-9, "lone sender");
            Simulator::Destroy();
        }
    }

    /// Active, two and three senders: rates change at each start and end, worked out by hand.
    void CheckActive()
    {
        // Equal received powers of 1e-5 W, so that with n senders each has SINR 1 / (n - 1).
        const double alone = Rate(1e-5 / N0);
        const double two = Rate(1e-5 / (1e-5 + N0));
        const double three = Rate(1e-5 / (2e-5 + N0));
        {
            // Both start at 0; MLU 1 has half the bits. It ends first, then MLU 0 goes on alone.
            TestCell cell("Active", {0, 10});
            cell.StartSlot({1, 2});
            cell.Plan(0, 0, 1e6, 1);
            cell.Plan(1, 0, 5e5, 2);
            Simulator::Run();
            const double firstS = 5e5 / two;
            ExpectNear(cell.m_transfers[1].delivery.latencyS, firstS, 1e-7, "first of two");
            ExpectNear(cell.m_transfers[0].delivery.latencyS,
                       firstS + 5e5 / alone,
                       1e-7,
                       "second of two");
            NS_TEST_EXPECT_MSG_EQ(cell.m_sent, 2, "each sender is told once");
            Simulator::Destroy();
        }
        {
            // MLU 1 joins at 10 ms, MLU 2 at 20 ms; they end in the order 0, 2, 1.
            TestCell cell("Active", {0, 10, 20});
            cell.StartSlot({1, 2, 5});
            const double bits0 = alone * 0.01 + two * 0.01 + three * 0.02;
            const double bits2 = three * 0.02 + two * 0.03;
            const double bits1 = two * 0.01 + three * 0.02 + two * 0.03 + alone * 0.04;
            cell.Plan(0, 0, bits0, 1);
            cell.Plan(1, 0.01, bits1, 2);
            cell.Plan(2, 0.02, bits2, 5);
            Simulator::Run();
            ExpectNear(cell.m_transfers[0].delivery.latencyS, 0.04, 1e-6, "MLU 0");
            ExpectNear(cell.m_transfers[2].delivery.latencyS, 0.05, 1e-6, "MLU 2");
            ExpectNear(cell.m_transfers[1].delivery.latencyS, 0.1, 1e-6, "MLU 1");
            ExpectNear(cell.m_transfers[1].delivery.rateBps, bits1 / 0.1, 1e-6, "mean rate");
            NS_TEST_EXPECT_MSG_EQ_TOL(cell.m_transfers[1].arrivedS, 0.11, 1e-7, "arrival");
            Simulator::Destroy();
        }
    }

    /// Active: an upload that crosses into a new slot goes on over the new slot's gains.
    void CheckGainChange()
    {
        TestCell cell("Active", {0, 10});
        cell.StartSlot({1, 0});
        const double before = Rate(1e-5 / N0);
        const double after = Rate(1e-6 / N0);
        cell.Plan(0, 0, before * 1 + after * 0.7, 1);
        Simulator::Schedule(Seconds(0.5), [&cell] { cell.Move(0, 30); }); // not measured before 1 s
        Simulator::Schedule(Seconds(1), [&cell] { cell.StartSlot({0.5, 0}); });
        Simulator::Run();
        ExpectNear(cell.m_transfers[0].delivery.latencyS, 1.7, 1e-8, "with its own power");
        Simulator::Destroy();
    }

    /// No power, hardly any power, and the cap's attribute: finite and flagged.
    void CheckCap()
    {
        for (const char* interference : {"Slot", "Active"})
        {
            const std::string what = interference;
            TestCell cell(interference, {0, 10, 20});
            cell.m_channel->SetAttribute("MaxLatency", TimeValue(Seconds(10)));
            cell.StartSlot({0, 0, 1e-14});
            cell.Plan(0, 0, 1, 0);
            cell.Plan(1, 0, 1e300, 0);
            cell.Plan(2, 0, 10, 1e-14);
            Simulator::Run();
            for (int k = 0; k < 2; ++k)
            {
                const LinkDelivery& delivery = cell.m_transfers[k].delivery;
                ExpectNear(delivery.latencyS, 10, 1e-12, what + ": no power");
                NS_TEST_EXPECT_MSG_EQ(delivery.capped, true, what + ": flagged");
                NS_TEST_EXPECT_MSG_EQ(delivery.rateBps, 0, what + ": nothing got through");
                NS_TEST_EXPECT_MSG_EQ_TOL(cell.m_transfers[k].arrivedS, 10, 2e-8, what);
            }
            // SINR 2e-20 / 3.98e-14 = 5e-7: log2(1 + x) is (x - x^2 / 2) / ln 2 to 1e-13.
            const double sinr = 2e-20 / N0;
            const double rateBps = B * (sinr - sinr * sinr / 2) / std::log(2.0);
            ExpectNear(cell.m_transfers[2].delivery.latencyS, 10 / rateBps, 1e-6, what + ": tiny");
            NS_TEST_EXPECT_MSG_EQ(cell.m_transfers[2].delivery.capped, false, what + ": tiny");
            Simulator::Destroy();

            TestCell half(interference, {0});
            half.m_channel->SetAttribute("MaxLatency", TimeValue(Seconds(0.5)));
            half.StartSlot({1});
            const double alone = Rate(1e-5 / N0);
            half.Plan(0, 0, alone, 1);          // would take 1 s
            half.Plan(0, 1, alone * 0.4999, 1); // is through just before the cap
            Simulator::Run();
            const auto& t = half.m_transfers;
            ExpectNear(t[0].delivery.latencyS, 0.5, 1e-12, what + ": cap");
            NS_TEST_EXPECT_MSG_EQ(t[0].delivery.capped, true, what + ": cap");
            ExpectNear(t[0].delivery.rateBps, alone, 1e-7, what + ": rate under the cap");
            ExpectNear(t[1].delivery.latencyS, 0.4999, 1e-7, what + ": below the cap");
            NS_TEST_EXPECT_MSG_EQ(t[1].delivery.capped, false, what + ": below the cap");
            Simulator::Destroy();
        }
    }

    /// An upload that is given up reaches nobody, and with Active the other one goes on alone.
    void CheckCancel()
    {
        for (const std::string interference : {"Slot", "Active"})
        {
            TestCell cell(interference, {5, 8});
            cell.StartSlot({1, 1});
            cell.Plan(0, 0, 2e6, 1);
            cell.Plan(1, 0, 2e6, 1);
            const double cancelS = 0.05;
            Simulator::Schedule(Seconds(cancelS), [&cell] { cell.m_channel->Cancel(0); });
            Simulator::Run();
            NS_TEST_ASSERT_MSG_EQ(cell.m_sent, 1, interference << ": one upload is through");
            NS_TEST_ASSERT_MSG_EQ(cell.m_transfers[0].arrivedS,
                                  -1,
                                  interference << ": never there");

            const double together = Rate(Gain(8) / (Gain(5) + N0));
            const double alone = Rate(Gain(8) / N0);
            const double expectedS = interference == "Slot"
                                         ? 2e6 / together
                                         : cancelS + (2e6 - cancelS * together) / alone;
            NS_TEST_ASSERT_MSG_EQ_TOL(cell.m_transfers[1].delivery.latencyS,
                                      expectedS,
                                      2e-9,
                                      interference << ": the other one");
            Simulator::Destroy();
        }
    }

    /// Two cells, each as if it were alone.
    void CheckTwoCells()
    {
        for (const char* interference : {"Slot", "Active"})
        {
            TestCell one(interference, {0});
            TestCell other(interference, {0});
            one.StartSlot({1});
            other.StartSlot({2});
            one.Plan(0, 0, 1e6, 1);
            other.Plan(0, 0, 1e6, 2);
            Simulator::Run();
            ExpectNear(one.m_transfers[0].delivery.latencyS, 1e6 / Rate(1e-5 / N0), 1e-7, "one");
            ExpectNear(other.m_transfers[0].delivery.latencyS, 1e6 / Rate(2e-5 / N0), 1e-7, "two");
            Simulator::Destroy();
        }
    }

    /// Random cells: what each sender gets through, integrated over the reported uploads, is what
    /// it had to send, and Active is never slower than Slot.
    void CheckRandom()
    {
        std::mt19937 engine(20260213);
        const auto uniform = [&engine](double min, double max) {
            return min + (max - min) * std::generate_canonical<double, 53>(engine);
        };
        for (int trial = 0; trial < 40; ++trial)
        {
            const auto n = static_cast<uint32_t>(1 + trial % 12);
            std::vector<double> distancesM;
            std::vector<double> powersW;
            std::vector<double> bits;
            std::vector<double> startsS;
            for (uint32_t k = 0; k < n; ++k)
            {
                distancesM.push_back(uniform(0, 50));
                powersW.push_back(std::pow(10, uniform(-5, 0.3)));
                bits.push_back(std::pow(10, uniform(4, 6.5)));
                startsS.push_back(trial % 2 == 0 ? 0 : std::round(uniform(0, 1e9)) * 1e-9);
            }
            std::vector<Transfer> transfers[2];
            for (const bool isActive : {false, true})
            {
                TestCell cell(isActive ? "Active" : "Slot", distancesM);
                cell.StartSlot(powersW);
                for (uint32_t k = 0; k < n; ++k)
                {
                    cell.Plan(k, startsS[k], bits[k], powersW[k]);
                }
                Simulator::Run();
                NS_TEST_ASSERT_MSG_EQ(cell.m_sent, static_cast<int>(n), "all are through");
                transfers[isActive] = cell.m_transfers;
                Simulator::Destroy();
            }
            for (uint32_t k = 0; k < n; ++k)
            {
                const Transfer& active = transfers[1][k];
                const double sent = Integrate(transfers[1], active, distancesM);
                const double expected = active.delivery.capped
                                            ? active.delivery.rateBps * active.delivery.latencyS
                                            : active.bits;
                // Each end that it sees may be 1 ns late, 0.3 bits at the rate of the best SINR
                // here.
                NS_TEST_EXPECT_MSG_EQ_TOL(sent,
                                          expected,
                                          0.3 * n + 1e-9 * expected,
                                          "conservation of bits");
                NS_TEST_EXPECT_MSG_EQ(active.delivery.capped,
                                      (active.delivery.latencyS > 10 - 1e-6),
                                      "capped at 10 s");
                NS_TEST_EXPECT_MSG_LT(active.delivery.latencyS,
                                      transfers[0][k].delivery.latencyS + 2e-9,
                                      "Active is not slower than Slot");
            }
        }
    }

    /// With RateDeviation the logarithm of an upload's rate over (19) is normal with this standard
    /// deviation, and mean 0, alone in the band or not, and the seed fixes it.
    void CheckRateDeviation()
    {
        constexpr int uploads = 4000;
        constexpr double deviation = 0.2;
        for (const std::string interference : {"Slot", "Active"})
        {
            std::vector<double> latencies[2];
            for (auto& each : latencies)
            {
                TestCell cell(interference, {0});
                cell.m_channel->SetAttribute("RateDeviation", DoubleValue(deviation));
                cell.m_channel->AssignStreams(7);
                cell.StartSlot({1});
                for (int i = 0; i < uploads; ++i)
                {
                    cell.Plan(0, i, 1e6, 1); // ends before the next begins
                }
                Simulator::Run();
                double sum = 0;
                double squares = 0;
                for (const Transfer& transfer : cell.m_transfers)
                {
                    const double ratio = 1e6 / transfer.delivery.latencyS / Rate(1e-5 / N0);
                    sum += std::log(ratio);
                    squares += std::log(ratio) * std::log(ratio);
                    each.push_back(transfer.delivery.latencyS);
                }
                Simulator::Destroy();
                const double mean = sum / uploads;
                const double spread = std::sqrt(squares / uploads - mean * mean);
                // Five standard errors.
                NS_TEST_EXPECT_MSG_LT(std::abs(mean), 5 * deviation / std::sqrt(uploads), "mean");
                ExpectNear(spread, deviation, 5 / std::sqrt(2.0 * uploads), interference);
            }
            NS_TEST_EXPECT_MSG_EQ((latencies[0] == latencies[1]), true, "the same streams");
        }
        TestCell still("Slot", {0});
        NS_TEST_EXPECT_MSG_EQ(still.m_channel->AssignStreams(7), 0, "nothing is drawn without");
        Simulator::Destroy();
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param is what there is @param expected what there should be @param relative tolerance
    /// @param what for the message
    void ExpectNear(double is, double expected, double relative, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ_TOL(is, expected, relative * std::abs(expected), what);
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddMecUplinkTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, MecUplinkTestCase::Check check) {
        suite.Add(new MecUplinkTestCase(name, check));
    };
    add("gains", &MecUplinkTestCase::CheckGains);
    add("slot", &MecUplinkTestCase::CheckSlot);
    add("active", &MecUplinkTestCase::CheckActive);
    add("gain change", &MecUplinkTestCase::CheckGainChange);
    add("cap", &MecUplinkTestCase::CheckCap);
    add("cancel", &MecUplinkTestCase::CheckCancel);
    add("two cells", &MecUplinkTestCase::CheckTwoCells);
    add("random", &MecUplinkTestCase::CheckRandom);
    add("rate deviation", &MecUplinkTestCase::CheckRateDeviation);
}

static const LlmMecTests g_mecUplinkTests(&AddMecUplinkTests); //!< registers the cases of this file
