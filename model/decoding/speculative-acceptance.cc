/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "speculative-acceptance.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/string.h"

#include <algorithm>
#include <cmath>
#include <locale>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("DraftAcceptance");

NS_OBJECT_ENSURE_REGISTERED(DraftAcceptance);
NS_OBJECT_ENSURE_REGISTERED(ConstantAcceptance);
NS_OBJECT_ENSURE_REGISTERED(PositionalAcceptance);
NS_OBJECT_ENSURE_REGISTERED(BetaAcceptance);
NS_OBJECT_ENSURE_REGISTERED(DriftingAcceptance);
NS_OBJECT_ENSURE_REGISTERED(TranscriptAcceptance);

TypeId
DraftAcceptance::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::DraftAcceptance").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

DraftAcceptance::DraftAcceptance()
    : m_uniform(CreateObject<UniformRandomVariable>())
{
}

void
DraftAcceptance::BeginAnswer()
{
    NS_LOG_FUNCTION(this);
    m_outcomes.clear();
    DoBeginAnswer();
}

void
DraftAcceptance::DoBeginAnswer()
{
}

bool
DraftAcceptance::IsRight(uint64_t position, uint32_t place)
{
    if (position >= m_outcomes.size())
    {
        m_outcomes.resize(position + 1);
    }
    std::optional<bool>& outcome = m_outcomes[position];
    if (!outcome)
    {
        outcome = m_uniform->GetValue() < GetRate(position, place);
    }
    return *outcome;
}

int64_t
DraftAcceptance::AssignStreams(int64_t stream)
{
    m_uniform->SetStream(stream);
    return 1;
}

TypeId
ConstantAcceptance::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::ConstantAcceptance")
                            .SetParent<DraftAcceptance>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<ConstantAcceptance>()
                            .AddAttribute("Rate",
                                          "Probability that a draft is right.",
                                          DoubleValue(0.8),
                                          MakeDoubleAccessor(&ConstantAcceptance::m_rate),
                                          MakeDoubleChecker<double>(0, 1));
    return tid;
}

double
ConstantAcceptance::GetRate(uint64_t /* position */, uint32_t /* place */)
{
    return m_rate;
}

TypeId
PositionalAcceptance::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::PositionalAcceptance")
            .SetParent<DraftAcceptance>()
            .SetGroupName("LlmMec")
            .AddConstructor<PositionalAcceptance>()
            .AddAttribute("Rates",
                          "Probability that a draft is right by its place in the window, with "
                          "commas in between; the last holds for all further places.",
                          StringValue("0.8"),
                          MakeStringAccessor(&PositionalAcceptance::SetRates,
                                             &PositionalAcceptance::GetRates),
                          MakeStringChecker());
    return tid;
}

void
PositionalAcceptance::SetRates(std::string rates)
{
    std::vector<double> read;
    std::istringstream fields(rates);
    for (std::string field; std::getline(fields, field, ',');)
    {
        std::istringstream text(field);
        text.imbue(std::locale::classic());
        double rate = -1;
        const bool isNumber = text >> rate && text.peek() == std::istringstream::traits_type::eof();
        if (!isNumber || !(rate >= 0 && rate <= 1))
        {
            throw std::invalid_argument("PositionalAcceptance: Rates has \"" + field +
                                        "\", expected numbers from 0 to 1 with commas");
        }
        read.push_back(rate);
    }
    if (read.empty())
    {
        throw std::invalid_argument("PositionalAcceptance: Rates is empty, expected numbers from 0 "
                                    "to 1 with commas");
    }
    m_text = rates;
    m_rates = read;
}

std::string
PositionalAcceptance::GetRates() const
{
    return m_text;
}

double
PositionalAcceptance::GetRate(uint64_t /* position */, uint32_t place)
{
    return m_rates[std::min<std::size_t>(place, m_rates.size() - 1)];
}

TypeId
BetaAcceptance::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::BetaAcceptance")
                            .SetParent<DraftAcceptance>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<BetaAcceptance>()
                            .AddAttribute("Alpha",
                                          "First parameter of the Beta distribution of an answer's "
                                          "probability; its mean is Alpha / (Alpha + Beta).",
                                          DoubleValue(8),
                                          MakeDoubleAccessor(&BetaAcceptance::m_alpha),
                                          MakeDoubleChecker<double>(1e-3, 1e6))
                            .AddAttribute("Beta",
                                          "Second parameter of the distribution.",
                                          DoubleValue(2),
                                          MakeDoubleAccessor(&BetaAcceptance::m_beta),
                                          MakeDoubleChecker<double>(1e-3, 1e6));
    return tid;
}

BetaAcceptance::BetaAcceptance()
    : m_gamma(CreateObject<GammaRandomVariable>())
{
}

void
BetaAcceptance::DoBeginAnswer()
{
    // Of two Gamma variables X and Y with the same scale, X / (X + Y) is Beta-distributed.
    const double x = m_gamma->GetValue(m_alpha, 1);
    const double y = m_gamma->GetValue(m_beta, 1);
    m_rate = x + y > 0 ? x / (x + y) : m_alpha / (m_alpha + m_beta);
}

double
BetaAcceptance::GetRate(uint64_t /* position */, uint32_t /* place */)
{
    return m_rate;
}

int64_t
BetaAcceptance::AssignStreams(int64_t stream)
{
    const int64_t used = DraftAcceptance::AssignStreams(stream);
    m_gamma->SetStream(stream + used);
    return used + 1;
}

TypeId
DriftingAcceptance::GetTypeId()
{
    constexpr double edge = 1e-6; // of a probability with finite log odds
    static TypeId tid =
        TypeId("ns3::llmmec::DriftingAcceptance")
            .SetParent<DraftAcceptance>()
            .SetGroupName("LlmMec")
            .AddConstructor<DriftingAcceptance>()
            .AddAttribute("Rate",
                          "Probability that a draft is right, where the log odds have their mean.",
                          DoubleValue(0.8),
                          MakeDoubleAccessor(&DriftingAcceptance::m_rate),
                          MakeDoubleChecker<double>(edge, 1 - edge))
            .AddAttribute("Deviation",
                          "Standard deviation of the log odds.",
                          DoubleValue(1),
                          MakeDoubleAccessor(&DriftingAcceptance::m_deviation),
                          MakeDoubleChecker<double>(0, 10))
            .AddAttribute("Memory",
                          "Distance of tokens whose log odds have a correlation of 1/e, tokens.",
                          DoubleValue(100),
                          MakeDoubleAccessor(&DriftingAcceptance::m_memory),
                          MakeDoubleChecker<double>(1e-3, 1e9));
    return tid;
}

DriftingAcceptance::DriftingAcceptance()
    : m_noise(CreateObject<NormalRandomVariable>())
{
}

void
DriftingAcceptance::DoBeginAnswer()
{
    m_position = 0;
    m_drift = m_noise->GetValue();
}

double
DriftingAcceptance::GetRate(uint64_t position, uint32_t /* place */)
{
    if (position > m_position)
    {
        const double kept = std::exp(-static_cast<double>(position - m_position) / m_memory);
        m_drift = kept * m_drift + std::sqrt(1 - kept * kept) * m_noise->GetValue();
        m_position = position;
    }
    return 1 / (1 + (1 - m_rate) / m_rate * std::exp(-m_deviation * m_drift));
}

int64_t
DriftingAcceptance::AssignStreams(int64_t stream)
{
    const int64_t used = DraftAcceptance::AssignStreams(stream);
    m_noise->SetStream(stream + used);
    return used + 1;
}

TypeId
TranscriptAcceptance::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::TranscriptAcceptance")
                            .SetParent<DraftAcceptance>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<TranscriptAcceptance>();
    return tid;
}

void
TranscriptAcceptance::SetTranscript(const std::vector<uint32_t>& target,
                                    const std::vector<uint32_t>& draft)
{
    NS_LOG_FUNCTION(this << target.size());
    if (target.empty() || target.size() != draft.size())
    {
        throw std::invalid_argument("TranscriptAcceptance: " + std::to_string(target.size()) +
                                    " tokens of the target and " + std::to_string(draft.size()) +
                                    " of the draft, expected as many of both, at least one");
    }
    m_target = target;
    m_draft = draft;
    m_rates.clear();
}

void
TranscriptAcceptance::SetRates(const std::vector<double>& rates)
{
    NS_LOG_FUNCTION(this << rates.size());
    if (rates.size() != m_target.size())
    {
        throw std::invalid_argument("TranscriptAcceptance: " + std::to_string(rates.size()) +
                                    " chances for " + std::to_string(m_target.size()) +
                                    " tokens, expected as many");
    }
    m_rates = rates;
}

const std::vector<uint32_t>&
TranscriptAcceptance::GetTarget() const
{
    return m_target;
}

const std::vector<uint32_t>&
TranscriptAcceptance::GetDraft() const
{
    return m_draft;
}

double
TranscriptAcceptance::GetRate(uint64_t position, uint32_t /* place */)
{
    if (position >= m_target.size())
    {
        throw std::out_of_range("TranscriptAcceptance: token " + std::to_string(position) +
                                " of an answer of " + std::to_string(m_target.size()));
    }
    if (!m_rates.empty())
    {
        return m_rates[position];
    }
    return m_target[position] == m_draft[position] ? 1 : 0;
}

} // namespace llmmec
} // namespace ns3
