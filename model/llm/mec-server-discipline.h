/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_SERVER_DISCIPLINE_H
#define MEC_SERVER_DISCIPLINE_H

#include "ns3/event-id.h"
#include "ns3/mec-uplink.h"
#include "ns3/object.h"

#include <vector>

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
    OffloadRequest request;  ///< what arrived
    UplinkDelivery delivery; ///< how it was uploaded
    double demandS{0};       ///< time it takes the whole server to compute it, s, > 0
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

    /// @return time that the whole server needs for all that it has at this moment, s
    virtual double GetBacklogS() const = 0;

  protected:
    void DoDispose() override;

    DoneCallback m_done; //!< called when a job is done
};

/**
 * @ingroup llm-mec
 * @brief Each request gets all of F, however many there are: (22), the paper's server.
 */
class DedicatedServerDiscipline : public MecServerDiscipline
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    void Submit(const ServerJob& job) override;
    double GetBacklogS() const override;

  private:
    /// @param job the job that is done @param endS when it was done to full precision, s
    void Finish(ServerJob job, double endS);

    uint32_t m_jobs{0};  //!< jobs under way
    double m_endSumS{0}; //!< sum of the times at which they end, s
};

/**
 * @ingroup llm-mec
 * @brief n requests get F / n each.
 */
class ProcessorSharingDiscipline : public MecServerDiscipline
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    void Submit(const ServerJob& job) override;
    double GetBacklogS() const override;

  protected:
    void DoDispose() override;

  private:
    /// A job under way
    struct Share
    {
        ServerJob job;        //!< the job
        double arrivedS{0};   //!< when it arrived, s
        double remainingS{0}; //!< demand still to be served, s
    };

    /// Serve everybody until now.
    void Serve();
    /// Schedule the end of the job that is done next.
    void ScheduleNext();
    /// The job with the least left is done.
    void FinishNext();

    std::vector<Share> m_shares; //!< jobs under way, in order of arrival
    double m_servedS{0};         //!< when Serve was last called, s
    EventId m_next;              //!< end of the next job
};

/**
 * @ingroup llm-mec
 * @brief One request at a time gets all of F, in order of arrival.
 */
class FirstComeFirstServedDiscipline : public MecServerDiscipline
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    void Submit(const ServerJob& job) override;
    double GetBacklogS() const override;

  private:
    /// @param job the job that is done @param latencyS its time at the server, s
    void Finish(ServerJob job, double latencyS);

    double m_freeS{0}; //!< when all that is here is done, s
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_SERVER_DISCIPLINE_H
