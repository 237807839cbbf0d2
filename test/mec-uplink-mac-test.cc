/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "mec-lossy-rate-model.h"
#include "mec-packet-cell.h"

#include "ns3/boolean.h"
#include "ns3/mec-reorder-buffer.h"
#include "ns3/pointer.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Bursts, windows, retries and order.
 */
class MecUplinkMacTestCase : public TestCase
{
  public:
    using Check = void (MecUplinkMacTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MecUplinkMacTestCase(const std::string& name, Check check)
        : TestCase("Uplink MAC: " + name),
          m_check(check)
    {
    }

    /// Lost bursts are sent again, and what arrives is in order, for all windows.
    void CheckOrderUnderLoss()
    {
        for (const uint32_t window : {1, 2, 8})
        {
            Run(0.5, window, 1000, true);
            NS_TEST_EXPECT_MSG_EQ(m_received.size(), PACKETS, "all arrive");
            NS_TEST_EXPECT_MSG_EQ(m_dropped.size(), 0, "none is given up");
            NS_TEST_EXPECT_MSG_EQ(std::is_sorted(m_received.begin(), m_received.end()),
                                  true,
                                  "in order");
        }
    }

    /// Bursts that are given up leave gaps, which hold nothing up; all packets are accounted for.
    void CheckGivenUp()
    {
        for (const uint32_t window : {1, 2, 8})
        {
            Run(0.5, window, 2, true);
            NS_TEST_EXPECT_MSG_EQ(std::is_sorted(m_received.begin(), m_received.end()),
                                  true,
                                  "in order");
            NS_TEST_EXPECT_MSG_GT(m_dropped.size(), PACKETS / 8, "a quarter fails twice");
            std::vector<uint32_t> all = m_received;
            all.insert(all.end(), m_dropped.begin(), m_dropped.end());
            std::sort(all.begin(), all.end());
            NS_TEST_ASSERT_MSG_EQ(all.size(), PACKETS, "received or dropped");
            for (uint32_t i = 0; i < PACKETS; ++i)
            {
                NS_TEST_EXPECT_MSG_EQ(all[i], i, "each once");
            }
        }
    }

    /// Without InOrder, packets that follow a lost burst overtake it.
    void CheckOutOfOrder()
    {
        Run(0.5, 8, 1000, false);
        NS_TEST_EXPECT_MSG_EQ(m_received.size(), PACKETS, "all arrive");
        NS_TEST_EXPECT_MSG_EQ(std::is_sorted(m_received.begin(), m_received.end()),
                              false,
                              "out of order");
    }

    /// A frame that waits for one that was given up goes on after ReorderTimeout at the latest.
    void CheckReorderTimeout()
    {
        MecReorderBuffer buffer;
        const auto burst = [](uint64_t sequence, uint64_t first) {
            auto made = Create<MecUplinkBurst>();
            made->sequence = sequence;
            made->firstSequence = first;
            made->frames = {Create<Packet>(1), Create<Packet>(1)};
            return made;
        };
        NS_TEST_EXPECT_MSG_EQ(buffer.Insert(burst(0, 0)).size(), 1, "0 goes on");
        NS_TEST_EXPECT_MSG_EQ(buffer.Insert(burst(2, 1)).size(), 0, "2 waits for 1");
        NS_TEST_EXPECT_MSG_EQ(buffer.GetHeldFrames(), 2, "frames of 2");
        NS_TEST_EXPECT_MSG_EQ(buffer.HasGap(), true, "1 is missing");
        NS_TEST_EXPECT_MSG_EQ(buffer.SkipGap().size(), 1, "2 goes on without 1");
        NS_TEST_EXPECT_MSG_EQ(buffer.HasGap(), false, "nothing waits");
        NS_TEST_EXPECT_MSG_EQ(buffer.Insert(burst(1, 1)).size(), 1, "1 goes on late");
        NS_TEST_EXPECT_MSG_EQ(buffer.Insert(burst(6, 3)).size(), 0, "6 waits for 3");
        NS_TEST_EXPECT_MSG_EQ(buffer.Insert(burst(4, 3)).size(), 0, "4 waits for 3");
        const auto ready = buffer.Insert(burst(7, 5));
        NS_TEST_ASSERT_MSG_EQ(ready.size(), 1, "3 is given up, 5 is not");
        NS_TEST_EXPECT_MSG_EQ(ready[0]->sequence, 4, "4 goes on");
        NS_TEST_EXPECT_MSG_EQ(buffer.Insert(burst(5, 5)).size(), 3, "5, 6 and 7 go on");
    }

    /// Bursts have as many frames as MaxBurstPackets and MaxBurstDuration allow.
    void CheckTrains()
    {
        for (const double mostS : {1e-6, 5e-3, 1.0})
        {
            MecUplinkHelper helper;
            helper.SetMac("MaxBurstPackets",
                          UintegerValue(5),
                          "MaxBurstDuration",
                          TimeValue(Seconds(mostS)));
            MecPacketCell cell(helper, {10, 12});
            std::vector<double> bits;
            std::vector<double> payloadS;
            cell.GetServer()->GetPhy()->TraceConnectWithoutContext(
                "Burst",
                Callback<void, const MecBurstReception&>([&](const MecBurstReception& reception) {
                    bits.push_back(reception.bits);
                    payloadS.push_back(reception.bits / reception.rateBps);
                }));
            for (uint32_t i = 0; i < 21; ++i)
            {
                cell.Send(0, 1000);
            }
            Simulator::Run();
            // The first goes before the others are there.
            NS_TEST_EXPECT_MSG_EQ(bits[0], 8 * (16 + 1018), "first burst");
            const double frames = mostS < 1e-3 ? 1 : (mostS < 1 ? 2 : 5);
            if (frames == 2)
            {
                NS_TEST_EXPECT_MSG_LT(payloadS[1], mostS, "as long as it may be");
                NS_TEST_EXPECT_MSG_GT(bits[1], 8 * (16 + 1018), "several frames");
            }
            else
            {
                NS_TEST_EXPECT_MSG_EQ(bits[1], 8 * (16 + frames * 1018), "later bursts");
            }
            Simulator::Destroy();
        }
    }

    /// MLUs that start in the same instant, by what is on the air, lose few bursts and no packet.
    void CheckSameInstant()
    {
        for (const uint32_t mlus : {2, 3, 5, 20})
        {
            for (const uint32_t window : {1, 2, 4})
            {
                MecUplinkHelper helper;
                helper.SetBand("RateModel", PointerValue(CreateObject<MecActiveRateModel>()));
                helper.SetMac("Window", UintegerValue(window));
                MecPacketCell cell(helper, std::vector<double>(mlus, 10)); // equal gains
                cell.GetServer()->GetPhy()->TraceConnectWithoutContext(
                    "Burst",
                    MakeCallback(&MecUplinkMacTestCase::NoteTries, this));
                m_received.clear();
                m_maxTries = 0;
                cell.GetServer()->SetReceiveCallback(
                    MakeCallback(&MecUplinkMacTestCase::Receive, this));
                for (uint32_t i = 0; i < PACKETS; ++i)
                {
                    cell.Send(i % mlus, 1000, i);
                }
                Simulator::Run();
                NS_TEST_EXPECT_MSG_EQ(m_received.size(), PACKETS, "all arrive");
                NS_TEST_EXPECT_MSG_LT(m_maxTries, 4, "tries of " << mlus << " MLUs");
                Simulator::Destroy();
            }
        }
    }

    /// A further try is no faster than the last one's worst moment, and no slower than (19).
    void CheckRatesOfTries()
    {
        const auto model = CreateObject<MecActiveRateModel>();
        MecRadioState state;
        state.receivedW = 1e-9;
        state.slotInterferenceW = 7e-9;
        state.airInterferenceW = 1e-9;
        state.bandwidthHz = 1e6;
        state.noiseW = 1e-9;
        const double slotBps = 1e6 * std::log2(1 + 1.0 / 8);
        const double airBps = 1e6 * std::log2(1 + 1.0 / 2);
        NS_TEST_EXPECT_MSG_EQ_TOL(model->GetRateBps(state), airBps, 1e-3, "first try");
        state.lastAllowedBps = 3e5;
        NS_TEST_EXPECT_MSG_EQ_TOL(model->GetRateBps(state), 3e5, 1e-3, "what was allowed");
        state.lastAllowedBps = 1e5;
        NS_TEST_EXPECT_MSG_EQ_TOL(model->GetRateBps(state), slotBps, 1e-3, "at least (19)");
        state.lastAllowedBps = 9e5;
        NS_TEST_EXPECT_MSG_EQ_TOL(model->GetRateBps(state), airBps, 1e-3, "what is on the air");
        state.airInterferenceW = 15e-9;
        NS_TEST_EXPECT_MSG_EQ_TOL(model->GetRateBps(state),
                                  1e6 * std::log2(1 + 1.0 / 16),
                                  1e-3,
                                  "of other bands too");
    }

  private:
    static constexpr uint32_t PACKETS = 400; //!< that are sent

    void DoRun() override
    {
        (this->*m_check)();
    }

    /// Send packets at a lossy rate. @param lost share of bursts that are lost @param window W
    /// @param tries of a burst @param inOrder whether the server keeps order
    void Run(double lost, uint32_t window, uint32_t tries, bool inOrder)
    {
        m_received.clear();
        m_dropped.clear();
        MecUplinkHelper helper;
        helper.SetBand("RateModel", PointerValue(CreateObject<LossyRateModel>(lost)));
        helper.SetMac("Window",
                      UintegerValue(window),
                      "MaxTries",
                      UintegerValue(tries),
                      "MaxBurstPackets",
                      UintegerValue(2));
        helper.SetReceiver("InOrder", BooleanValue(inOrder));
        MecPacketCell cell(helper, {10});
        cell.GetServer()->SetReceiveCallback(MakeCallback(&MecUplinkMacTestCase::Receive, this));
        cell.GetMlu(0)->TraceConnectWithoutContext(
            "Drop",
            MakeCallback(&MecUplinkMacTestCase::NoteDrop, this));
        for (uint32_t i = 0; i < PACKETS; ++i)
        {
            cell.Send(0, 1000, i);
        }
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(cell.GetMlu(0)->GetMac()->GetPendingFrames(), 0, "in bursts");
        NS_TEST_EXPECT_MSG_EQ(cell.GetServer()->GetReceiver()->GetHeldFrames(), 0, "held");
        Simulator::Destroy();
    }

    /// @param reception a burst has ended
    void NoteTries(const MecBurstReception& reception)
    {
        m_maxTries = std::max(m_maxTries, reception.tries);
    }

    /// @param packet that the server received @return true
    bool Receive(Ptr<NetDevice>, Ptr<const Packet> packet, uint16_t, const Address&)
    {
        m_received.push_back(MecPacketCell::GetNumber(packet));
        return true;
    }

    /// @param frame that is dropped @param reason why
    void NoteDrop(Ptr<const Packet> frame, MecDropReason reason)
    {
        NS_TEST_EXPECT_MSG_EQ(std::string(GetDropReasonName(reason)), "tries", "reason");
        Ptr<Packet> packet = frame->Copy();
        packet->RemoveAtStart(14);
        m_dropped.push_back(MecPacketCell::GetNumber(packet));
    }

    Check m_check;                    //!< what this case does
    std::vector<uint32_t> m_received; //!< numbers of packets, as they came
    std::vector<uint32_t> m_dropped;  //!< numbers of packets
    uint32_t m_maxTries{0};           //!< of a burst
};

/// Add the cases of this file. @param suite the suite
static void
AddMecUplinkMacTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, MecUplinkMacTestCase::Check check) {
        suite.Add(new MecUplinkMacTestCase(name, check));
    };
    add("what is lost is sent again, in order", &MecUplinkMacTestCase::CheckOrderUnderLoss);
    add("what is given up holds nothing up", &MecUplinkMacTestCase::CheckGivenUp);
    add("without order, packets overtake", &MecUplinkMacTestCase::CheckOutOfOrder);
    add("gaps are skipped", &MecUplinkMacTestCase::CheckReorderTimeout);
    add("MLUs may start in the same instant", &MecUplinkMacTestCase::CheckSameInstant);
    add("rates of tries", &MecUplinkMacTestCase::CheckRatesOfTries);
    add("bursts have as many frames as they may", &MecUplinkMacTestCase::CheckTrains);
}

static const LlmMecTests g_mecUplinkMacTests(
    &AddMecUplinkMacTests); //!< registers the cases of this file
