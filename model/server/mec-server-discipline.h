/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_SERVER_DISCIPLINE_H
#define MEC_SERVER_DISCIPLINE_H

#include "ns3/callback.h"
#include "ns3/object.h"
#include "ns3/offload-message.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A request at the MEC server.
 */
struct ServerJob
{
    OffloadRequest request; ///< what arrived
    LinkDelivery upload;    ///< how it was uploaded
    double demandS{0};      ///< time it takes the whole server to compute it, s, > 0
    double weight{1};       ///< of its share among the jobs at the server, > 0; see TakesWeights
    std::optional<ServedTokens> served; ///< how it went, by a discipline that counts in tokens
};

/**
 * @ingroup llm-mec
 * @brief How the MEC server shares its capacity F among the requests that it has.
 */
class MecServerDiscipline : public Object
{
  public:
    /// Tells that a job is done. Arguments: the job, its time at the server with waiting, s.
    using DoneCallback = Callback<void, const ServerJob&, double>;
    /// Tells of a token of an answer that others follow. Arguments: the job, its time at the
    /// server so far, s.
    using TokenCallback = Callback<void, const ServerJob&, double>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// @param done called when a job is done
    void SetDoneCallback(DoneCallback done);

    /**
     * A job arrives.
     * @param job the job
     */
    virtual void Submit(const ServerJob& job) = 0;

    /**
     * Whether the jobs' weights count. Where they do not, compute shares are refused.
     * @return false unless overridden
     */
    virtual bool TakesWeights() const;

    /// @return time that the whole server needs for all that it has at this moment, s
    virtual double GetBacklogS() const = 0;

    /**
     * Expect how long a job would take if it came now and no other came after it.
     * @param job the job
     * @return its time at the server, s; that of the backlog and its own demand unless overridden
     */
    virtual double EstimateLatencyS(const ServerJob& job) const;

    /**
     * Whether a job's demand counts. Where it does not, the server's ComputeModel is not asked.
     * @return true unless overridden
     */
    virtual bool TakesDemand() const;

    /**
     * Be told of each token of an answer but the last.
     * @param token called for each
     * @return whether the discipline has tokens to tell of; false unless overridden
     */
    virtual bool SetTokenCallback(TokenCallback token);

    /**
     * A job is no longer wanted.
     * @param mlu index of its MLU
     * @param taskId OffloadRequest::taskId
     * @return whether the job was here and has left; false unless overridden, which means that it
     * is computed to its end
     */
    virtual bool Cancel(uint32_t mlu, uint64_t taskId);

  protected:
    void DoDispose() override;

    DoneCallback m_done; //!< called when a job is done
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_SERVER_DISCIPLINE_H
