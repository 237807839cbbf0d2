/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/mec-byte-ranges.h"
#include "ns3/mec-datagram-messages.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Messages over datagrams that are lost, late and out of order.
 */
class MecDatagramMessagesTestCase : public TestCase
{
  public:
    using Check = void (MecDatagramMessagesTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MecDatagramMessagesTestCase(const std::string& name, Check check)
        : TestCase("Datagram messages: " + name),
          m_check(check)
    {
    }

    /// Ranges are what a bit for each number is.
    void CheckRanges()
    {
        std::mt19937_64 random(1);
        for (int run = 0; run < 300; ++run)
        {
            MecByteRanges ranges;
            std::vector<bool> there(64);
            for (int i = 0; i < 20; ++i)
            {
                const uint64_t begin = random() % 60;
                const uint64_t end = begin + random() % (64 - begin);
                ranges.Add({begin, end});
                std::fill(there.begin() + begin, there.begin() + end, true);
                std::vector<bool> missing(64);
                for (const auto& range : ranges.GetMissing(64))
                {
                    std::fill(missing.begin() + range.begin, missing.begin() + range.end, true);
                }
                for (uint64_t k = 0; k < 64; ++k)
                {
                    NS_TEST_EXPECT_MSG_EQ(missing[k], !there[k], "number " << k);
                    NS_TEST_EXPECT_MSG_EQ(ranges.Has({k, k + 1}), there[k], "number " << k);
                }
            }
        }
    }

    /// Whatever share of datagrams is lost, each message arrives once or is given up.
    void CheckLosses()
    {
        for (const double loss : {0.0, 0.01, 0.1, 0.5, 1.0})
        {
            for (const bool isPaced : {false, true})
            {
                RunPipe(loss, isPaced);
                NS_TEST_EXPECT_MSG_EQ(m_delivered + m_failed, MESSAGES, "none is open");
                for (const auto& [number, times] : m_received)
                {
                    NS_TEST_EXPECT_MSG_EQ(times, 1, "message " << number << " arrives once");
                }
                NS_TEST_EXPECT_MSG_GT_OR_EQ(m_received.size(), m_delivered, "those are there");
                if (loss <= 0.1)
                {
                    NS_TEST_EXPECT_MSG_EQ(m_failed, 0, "none is given up");
                }
                NS_TEST_EXPECT_MSG_EQ(m_received.empty(), (loss == 1), "some are there");
            }
        }
    }

    /// What is cancelled is sent no more, and no one is told.
    void CheckCancel()
    {
        m_loss = 0;
        m_delivered = m_failed = m_datagrams = 0;
        m_received.clear();
        auto [here, there] = MakePipe(DataRate("1Mb/s"));
        here->Send(0, 100000);
        here->Send(1, 1000);
        Simulator::Schedule(MilliSeconds(100), &MecDatagramMessages::Cancel, here, 0);
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(m_received.count(0), 0, "cancelled");
        NS_TEST_EXPECT_MSG_EQ(m_received.count(1), 1, "the other arrives");
        NS_TEST_EXPECT_MSG_EQ(m_delivered, 1, "word of the other");
        NS_TEST_EXPECT_MSG_LT(m_datagrams, 20, "nothing more of the first");
        Simulator::Destroy();
    }

  private:
    static constexpr uint32_t MESSAGES = 40; //!< of a run

    /// Two ends
    using Ends = std::pair<Ptr<MecDatagramMessages>, Ptr<MecDatagramMessages>>;

    void DoRun() override
    {
        (this->*m_check)();
    }

    /// Have one end send to the other. @param from the one @param to the other
    void Connect(Ptr<MecDatagramMessages> from, Ptr<MecDatagramMessages> to)
    {
        from->SetTransmitCallback(
            MecDatagramMessages::DatagramCallback([this, to](Ptr<Packet> packet) {
                ++m_datagrams;
                MecMessageHeader header;
                packet->RemoveHeader(header);
                header.length =
                    header.type == MecMessageHeader::DATA ? packet->GetSize() : header.length;
                NS_TEST_EXPECT_MSG_EQ(header.IsValid(), true, "header");
                if (std::uniform_real_distribution<double>()(m_random) >= m_loss)
                {
                    // Some come later than others that were sent after them.
                    const Time delay = MicroSeconds(1000 + (m_random() % 8 == 0 ? 500 : 0));
                    Simulator::Schedule(delay, &MecDatagramMessages::Receive, to, header);
                }
            }));
    }

    /// @param pacing of datagrams @return both ends
    Ends MakePipe(const DataRate& pacing)
    {
        Ends ends{CreateObject<MecDatagramMessages>(), CreateObject<MecDatagramMessages>()};
        for (const auto& end : {ends.first, ends.second})
        {
            end->SetSettings({7, 1400, pacing, MilliSeconds(50), 6});
        }
        Connect(ends.first, ends.second);
        Connect(ends.second, ends.first);
        ends.second->SetReceivedCallback(MecDatagramMessages::MessageCallback(
            [this](uint32_t number) { ++m_received[number]; }));
        ends.first->SetDeliveredCallback(
            MecDatagramMessages::MessageCallback([this](uint32_t) { ++m_delivered; }));
        ends.first->SetFailedCallback(
            MecDatagramMessages::MessageCallback([this](uint32_t) { ++m_failed; }));
        return ends;
    }

    /// Send messages. @param loss share of datagrams that is lost @param isPaced how
    void RunPipe(double loss, bool isPaced)
    {
        m_loss = loss;
        m_delivered = m_failed = m_datagrams = 0;
        m_received.clear();
        auto [here, there] = MakePipe(isPaced ? DataRate("20Mb/s") : DataRate(0));
        for (uint32_t number = 0; number < MESSAGES; ++number)
        {
            Simulator::Schedule(MilliSeconds(10 * number),
                                &MecDatagramMessages::Send,
                                here,
                                number,
                                1 + number * 3000);
        }
        Simulator::Run();
        Simulator::Destroy();
    }

    Check m_check;                           //!< what this case does
    std::mt19937_64 m_random;                //!< bits
    double m_loss{0};                        //!< share of datagrams that is lost
    uint32_t m_delivered{0};                 //!< messages that the sender knows to be there
    uint32_t m_failed{0};                    //!< messages that the sender has given up
    uint32_t m_datagrams{0};                 //!< sent, both ways
    std::map<uint32_t, uint32_t> m_received; //!< how often each message has come
};

/// Add the cases of this file. @param suite the suite
static void
AddMecDatagramMessagesTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, MecDatagramMessagesTestCase::Check check) {
        suite.Add(new MecDatagramMessagesTestCase(name, check));
    };
    add("ranges", &MecDatagramMessagesTestCase::CheckRanges);
    add("each message arrives once or is given up", &MecDatagramMessagesTestCase::CheckLosses);
    add("what is cancelled is sent no more", &MecDatagramMessagesTestCase::CheckCancel);
}

static const LlmMecTests g_mecDatagramMessagesTests(
    &AddMecDatagramMessagesTests); //!< registers the cases of this file
